import Foundations
import Statistics

extension ComparisonTable {
  /// Results of a pair, column by column.
  struct PairResult {
    let a: Int, b: Int
    /// The reason why a column is not tested; nil if it is.
    var untested: [Verdict?] = []
    var tests: [TTest] = []
    var effects: [HedgesG] = []
    var ratios: [RatioInterval] = []
    var intervals: [(low: Double, high: Double)] = []
    /// Clusters of each input.
    var clusters: [[ClusterOfBlocks]] = []
    var chances = DealChances(single: [], maximum: [], clusters: [])

    init(a: Int, b: Int) { (self.a, self.b) = (a, b) }
  }

  /// Returns the pairs of an input.
  func pairs(_ input: Int, _ results: [PairResult]) -> [PairComparison] {
    let rows = rows(input, results)
    return results.enumerated().map { index, result in
      PairComparison(
        pair: DomainPair(result.a, result.b), domainA: names[result.a], domainB: names[result.b],
        blocks: Array(rows[index * blocks..<(index + 1) * blocks]), clusters: clusters(input, result))
    }
  }

  /// Returns the rows of an input, with q-values over all tested rows.
  private func rows(_ input: Int, _ results: [PairResult]) -> [BlockComparison] {
    let columns = input * blocks..<(input + 1) * blocks
    let p = results.flatMap { result in columns.map { result.untested[$0] == nil ? result.tests[$0].p : .nan } }
    let adjustedP = results.enumerated().flatMap { index, result in
      columns.map { result.untested[$0] == nil ? adjusted[index][$0]?.p ?? .nan : .nan }
    }
    let (q, adjustedQ) = (BenjaminiHochberg.adjust(p), BenjaminiHochberg.adjust(adjustedP))
    return workers.map(q.count) { index in
      row(input, index / blocks, results[index / blocks], block: index % blocks, q: (q[index], adjustedQ[index]))
    }
  }

  /// - Parameter q: of the test, and of the length check.
  private func row(
    _ input: Int, _ pair: Int, _ result: PairResult, block: Int, q: (test: Double, adjusted: Double)
  ) -> BlockComparison {
    let column = input * blocks + block
    let (test, effect, interval) = (result.tests[column], result.effects[column], result.intervals[column])
    let (ratio, untested) = (result.ratios[column], result.untested[column])
    let equivalence = equivalence(input, pair, column)
    let pTOST = untested == nil ? equivalence.p : .nan
    let verdict = untested ?? Verdict(q: q.test, interval: interval, equivalence: pTOST, alpha: settings.alpha)
    // Without scatter there is no unit for a difference.
    func measured(_ value: Double) -> Double { untested == .constant ? .nan : value }
    func tested(_ value: Double) -> Double { untested == nil ? value : .nan }
    let isOpen = verdict == .inconclusive
    let (a, b) = inputs[input].sides[pair]
    let (groupsA, groupsB) = (sides[pair].a.count, sides[pair].b.count)
    return BlockComparison(
      metric: inputs[input].metric, scope: inputs[input].scope, layer: places[block], domainA: names[result.a],
      domainB: names[result.b], isPaired: pairings[pair], countA: a.texts, countB: b.texts, groupsA: groupsA,
      groupsB: groupsB, tokensA: a.tokens, tokensB: b.tokens, difference: test.difference,
      hedgesG: measured(effect.g), gLow: measured(interval.low), gHigh: measured(interval.high), t: measured(test.t),
      degreesOfFreedom: measured(test.df), p: tested(test.p), q: q.test,
      pPermutation: tested(result.chances.single[column]), pMaxT: tested(result.chances.maximum[column]),
      pTOST: pTOST, verdict: verdict, ratio: ratio.ratio, ratioLow: ratio.low, ratioHigh: ratio.high,
      correlation: correlation(pair, column),
      textsNeeded: isOpen ? textsForDifference(pair, test, effect) : nil,
      textsForEquivalence: isOpen ? equivalence.needed() : nil,
      textsOutOfReach: isOpen ? equivalence.outOfReach() : nil,
      lengthCheck: q.adjusted.isNaN
        ? nil
        : adjusted[pair][column].map {
          LengthCheck(
            difference: test.difference, adjusted: $0.difference, q: q.adjusted, alpha: settings.alpha)
        })
  }

  /// Returns the p of the equivalence test, and the numbers of texts that it needs; none for a percentage of a metric
  /// that may be negative.
  private func equivalence(
    _ input: Int, _ pair: Int, _ column: Int
  ) -> (p: Double, needed: () -> Int?, outOfReach: () -> Int?) {
    let bound = settings.equivalenceBound
    guard !(bound.isRatio && inputs[input].metric.isSigned) else { return (.nan, { nil }, { nil }) }
    // Only ratios depend on the zero point.
    let offset = bound.isRatio ? base[column] : 0
    let (a, b) = (
      summaries(sides[pair].a)[column].moments.shifted(by: offset),
      summaries(sides[pair].b)[column].moments.shifted(by: offset)
    )
    let differences = pairings[pair] ? differenceSummaries[pair][column].moments : nil
    let test = EquivalenceTest(bound, usesLogScale: settings.usesLogScale)
    return (
      test.p(a, b, differences: differences),
      { test.textsNeeded(a, b, differences: differences, alpha: settings.alpha) },
      { test.textsOutOfReach(a, b, differences: differences, alpha: settings.alpha) }
    )
  }

  private func textsForDifference(_ pair: Int, _ test: TTest, _ effect: HedgesG) -> Int? {
    guard pairings[pair] else { return Power.textsForDifference(effect: effect.g, alpha: settings.alpha) }
    // In standard deviations of differences, on which the tests are based.
    let deviation = test.standardError * Double(sides[pair].a.count).squareRoot()
    return Power.textsForDifference(effect: test.difference / deviation, alpha: settings.alpha, .paired)
  }

  /// Returns the correlation of the two values of a text, or group, over these; NaN if they are not paired.
  private func correlation(_ pair: Int, _ column: Int) -> Double {
    guard pairings[pair] else { return .nan }
    let (a, b) = (
      summaries(sides[pair].a)[column].moments.variance, summaries(sides[pair].b)[column].moments.variance
    )
    let covariance = 0.5 * (a + b - differenceSummaries[pair][column].moments.variance)
    return min(1, max(-1, covariance / (a * b).squareRoot()))
  }

  private func clusters(_ input: Int, _ result: PairResult) -> [BlockCluster] {
    guard let first = places.first.flatMap(\.self), !result.clusters.isEmpty else { return [] }
    return zip(result.clusters[input], result.chances.clusters[input]).map { cluster, p in
      BlockCluster(
        metric: inputs[input].metric, scope: inputs[input].scope, domainA: names[result.a], domainB: names[result.b],
        layers: first + cluster.blocks.lowerBound...first + cluster.blocks.upperBound, mass: cluster.mass, p: p)
    }
  }
}

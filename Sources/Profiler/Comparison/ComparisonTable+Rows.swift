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
    let q = BenjaminiHochberg.adjust(p)
    return workers.map(q.count) { index in
      row(input, index / blocks, results[index / blocks], block: index % blocks, p: p[index], q: q[index])
    }
  }

  private func row(
    _ input: Int, _ pair: Int, _ result: PairResult, block: Int, p: Double, q: Double
  ) -> BlockComparison {
    let column = input * blocks + block
    let (test, effect, interval) = (result.tests[column], result.effects[column], result.intervals[column])
    let (ratio, untested) = (result.ratios[column], result.untested[column])
    let equivalence =
      untested == nil ? EquivalenceTest.p(test, effect, bound: settings.equivalenceBound) : Double.nan
    let verdict =
      untested ?? Verdict(q: q, interval: interval, equivalence: equivalence, alpha: settings.alpha)
    // Without scatter there is no unit for a difference.
    func measured(_ value: Double) -> Double { untested == .constant ? .nan : value }
    func tested(_ value: Double) -> Double { untested == nil ? value : .nan }
    let (a, b) = inputs[input].sides[pair]
    let (groupsA, groupsB) = (sides[pair].a.count, sides[pair].b.count)
    return BlockComparison(
      metric: inputs[input].metric, scope: inputs[input].scope, layer: places[block],
      domainA: names[result.a], domainB: names[result.b], isPaired: isPaired, countA: a.texts,
      countB: b.texts, groupsA: groupsA, groupsB: groupsB, tokensA: a.tokens, tokensB: b.tokens,
      difference: test.difference,
      hedgesG: measured(effect.g), gLow: measured(interval.low), gHigh: measured(interval.high), t: measured(test.t),
      degreesOfFreedom: measured(test.df), p: p, q: q, pPermutation: tested(result.chances.single[column]),
      pMaxT: tested(result.chances.maximum[column]), pTOST: equivalence, verdict: verdict,
      ratio: ratio.ratio, ratioLow: ratio.low, ratioHigh: ratio.high,
      textsNeeded: verdict == .inconclusive ? textsNeeded(test, effect, count: groupsA) : nil)
  }

  private func textsNeeded(_ test: TTest, _ effect: HedgesG, count: Int) -> Int? {
    guard isPaired else {
      return Power.textsNeeded(effect: effect.g, bound: settings.equivalenceBound, alpha: settings.alpha)
    }
    // In standard deviations of differences, on which the tests are based.
    let deviation = test.standardError * Double(count).squareRoot()
    let bound = settings.equivalenceBound * effect.pooledDeviation / effect.correction
    return Power.pairsNeeded(effect: test.difference / deviation, bound: bound / deviation, alpha: settings.alpha)
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

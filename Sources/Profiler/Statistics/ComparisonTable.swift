import Foundation
import LlamaCore

/// Several metrics of the same texts: `[domain][text][metric × block]`, and the comparison of all of them.
struct ComparisonTable {
  private let inputs: [MetricSamples]
  private let names: [String]
  private let layers: Range<Int>
  private let settings: ComparisonSettings
  /// On the log scale where that is asked for, less a first value of each column.
  private let domains: [[[Double]]]
  /// `[domain][column]`.
  private let moments: [[SampleMoments]]
  /// The domains, each centered at its own means.
  private let tiles: [ColumnTiles]
  private let workers: Workers

  private var blocks: Int { layers.count }
  private var columns: Int { inputs.count * blocks }

  /// - Parameter inputs: the same domains with the same number of texts in each, and the same pairs.
  /// - Throws: ``ComparisonError``.
  init(_ inputs: [MetricSamples], layers: Range<Int>, settings: ComparisonSettings) throws(ComparisonError) {
    for input in inputs {
      for pair in input.pairs where !(input.domains.indices.contains(pair.a) && input.domains.indices.contains(pair.b))
      {
        throw .pair(domains: input.domains.count, found: pair)
      }
    }
    self.inputs = inputs
    self.layers = layers
    self.settings = settings
    names = inputs.first?.domains.map(\.name) ?? []
    let columns = inputs.count * layers.count
    var domains = (inputs.first?.domains ?? []).map { domain in
      [[Double]](repeating: [], count: domain.values.count)
    }
    for input in inputs {
      for (index, domain) in input.domains.enumerated() {
        for (text, values) in domain.values.enumerated() {
          domains[index][text] += try Self.check(values, text, domain.name, input, layers, settings)
        }
      }
    }
    self.domains = Self.shifted(domains)
    moments = self.domains.map { rows in
      (0..<columns).map { column in SampleMoments(rows.lazy.map { $0[column] }) }
    }
    tiles = zip(self.domains, moments).map { rows, moments in
      ColumnTiles(rows, centers: moments.map { $0.count > 0 ? $0.mean : 0 })
    }
    workers = Workers(settings.threads)
  }

  /// Takes the first value of each column off all of it: nothing depends on where zero is, but a mean that is large
  /// against the spread would cost digits.
  private static func shifted(_ domains: [[[Double]]]) -> [[[Double]]] {
    guard let base = domains.lazy.compactMap(\.first).first else { return domains }
    return domains.map { $0.map { zip($0, base).map { $0 - $1 } } }
  }

  private static func check(
    _ values: [Double], _ text: Int, _ domain: String, _ input: MetricSamples, _ layers: Range<Int>,
    _ settings: ComparisonSettings
  ) throws(ComparisonError) -> [Double] {
    guard values.count == layers.count else {
      throw .blockCount(
        metric: input.metric, scope: input.scope, domain: domain, text: text, expected: layers.count,
        found: values.count)
    }
    for (value, layer) in zip(values, layers) {
      guard value.isFinite else {
        throw .notFinite(
          metric: input.metric, scope: input.scope, domain: domain, text: text, layer: layer, value: "\(value)")
      }
      guard value > 0 || !settings.usesLogScale else {
        throw .notPositive(
          metric: input.metric, scope: input.scope, domain: domain, text: text, layer: layer, value: value)
      }
    }
    return settings.usesLogScale ? values.map { log($0) } : values
  }

  /// A comparison for each input.
  func compare(progress: (Double) -> Void) -> [DomainComparison] {
    let pairs = inputs.first?.pairs ?? []
    // The tests over all domains and the negative control take about as long as a pair each.
    let steps = Double(pairs.count + 2)
    var results: [PairResult] = []
    for (index, pair) in pairs.enumerated() {
      progress(Double(index) / steps)
      results.append(compare(pair.a, pair.b))
    }
    progress(Double(pairs.count) / steps)
    let tests = omnibusTests()
    progress(Double(pairs.count + 1) / steps)
    let halves = SplitHalves(tiles, settings: settings, workers: workers)
    let controls = inputs.indices.map { halves.control(columns: $0 * blocks..<($0 + 1) * blocks) }
    let compared = inputs.indices.map { input in
      DomainComparison(
        metric: inputs[input].metric, scope: inputs[input].scope, settings: settings,
        blocks: rows(input, results), bands: results.flatMap { bands(input, $0) },
        omnibus: omnibus(input, tests), control: controls[input])
    }
    progress(1)
    return compared
  }

  /// What is computed of a pair, column by column.
  private struct PairResult {
    let a: Int, b: Int
    var welch: [WelchTest] = []
    var effects: [HedgesG] = []
    var intervals: [(low: Double, high: Double)] = []
    var single: [Double] = [], maximum: [Double] = []
    /// For each input.
    var bands: [[(band: PairPermutation.Band, p: Double)]] = []
  }

  private func compare(_ a: Int, _ b: Int) -> PairResult {
    var result = PairResult(a: a, b: b)
    result.welch = zip(moments[a], moments[b]).map { WelchTest($0, $1) }
    result.effects = zip(moments[a], moments[b]).map { HedgesG($0, $1) }
    guard domains[a].count > 1, domains[b].count > 1, blocks > 0 else {
      let none = [Double](repeating: .nan, count: columns)
      result.intervals = none.map { ($0, $0) }
      (result.single, result.maximum) = (none, none)
      result.bands = inputs.map { _ in [] }
      return result
    }
    let bootstrap = Bootstrap(
      rowsA: Array(domains[a].indices), rowsB: Array(domains[b].indices), settings: settings)
    result.intervals = workers.map(tiles[a].count) { tile in
      var difference = ColumnTiles.Vector()
      for (lane, test) in result.welch.dropFirst(tile * ColumnTiles.width).prefix(ColumnTiles.width).enumerated() {
        difference[lane] = test.difference
      }
      return bootstrap.intervals(tiles[a], tiles[b], difference: difference, tile: tile)
    }.flatMap { $0 }
    let permutation = PairPermutation(
      rows: domains[a] + domains[b], countA: domains[a].count, blocks: blocks, settings: settings)
    let p = permutation.run(workers)
    // Where all values are the same there is nothing to permute.
    func defined(_ values: [Double]) -> [Double] { zip(values, result.welch).map { $1.t.isNaN ? .nan : $0 } }
    (result.single, result.maximum) = (defined(p.single), defined(p.maximum))
    result.bands = zip(permutation.bands, p.bands).map { bands, p in zip(bands, p).map { (band: $0, p: $1) } }
    return result
  }

  /// The rows of an input, whose q-values are over all of them.
  private func rows(_ input: Int, _ results: [PairResult]) -> [BlockComparison] {
    let start = input * blocks
    let q = BenjaminiHochberg.adjust(results.flatMap { $0.welch[start..<start + blocks].map(\.p) })
    return workers.map(q.count) { index in
      let result = results[index / blocks]
      return row(input, result, block: index % blocks, q: q[index])
    }
  }

  private func row(_ input: Int, _ result: PairResult, block: Int, q: Double) -> BlockComparison {
    let column = input * blocks + block
    let (welch, effect, interval) = (result.welch[column], result.effects[column], result.intervals[column])
    let equivalence = EquivalenceTest.p(welch, effect, bound: settings.equivalenceBound)
    let verdict: Verdict =
      if q < settings.alpha, interval.low > 0 || interval.high < 0 {
        .different
      } else if equivalence < settings.alpha {
        .equivalent
      } else {
        .inconclusive
      }
    let needed =
      verdict == .inconclusive
      ? Power.textsNeeded(effect: effect.g, bound: settings.equivalenceBound, alpha: settings.alpha) : nil
    return BlockComparison(
      metric: inputs[input].metric, scope: inputs[input].scope, layer: layers.lowerBound + block,
      domainA: names[result.a], domainB: names[result.b], countA: domains[result.a].count,
      countB: domains[result.b].count, difference: welch.difference, hedgesG: effect.g, gLow: interval.low,
      gHigh: interval.high, t: welch.t, degreesOfFreedom: welch.df, p: welch.p, q: q,
      pPermutation: result.single[column], pMaximum: result.maximum[column], pEquivalence: equivalence,
      verdict: verdict, textsNeeded: needed)
  }

  private func bands(_ input: Int, _ result: PairResult) -> [BlockBand] {
    result.bands[input].map { band, p in
      let first = layers.lowerBound + band.blocks.lowerBound
      let last = layers.lowerBound + band.blocks.upperBound
      return BlockBand(
        metric: inputs[input].metric, scope: inputs[input].scope, domainA: names[result.a], domainB: names[result.b],
        layers: first...last, mass: band.mass, p: p)
    }
  }

  private func omnibusTests() -> [(f: Double, p: Double, pPermutation: Double)] {
    let tests = (0..<columns).map { column in OmnibusPermutation.test(moments.map { $0[column] }) }
    guard domains.count(where: { !$0.isEmpty }) > 1 else { return tests.map { ($0.f, $0.p, .nan) } }
    let permuted = OmnibusPermutation(domains, columns: columns, settings: settings).run(workers)
    return zip(tests, permuted).map { test, p in (test.f, test.p, test.f.isNaN ? .nan : p) }
  }

  private func omnibus(_ input: Int, _ tests: [(f: Double, p: Double, pPermutation: Double)]) -> [OmnibusTest] {
    zip(layers, tests[input * blocks..<(input + 1) * blocks]).map { layer, test in
      OmnibusTest(
        metric: inputs[input].metric, scope: inputs[input].scope, layer: layer, f: test.f, p: test.p,
        pPermutation: test.pPermutation)
    }
  }
}

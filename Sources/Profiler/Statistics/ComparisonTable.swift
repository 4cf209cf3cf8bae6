import Foundation
import LlamaCore

/// Several metrics of the same texts: `[domain][text][metric × block]`, and the comparison of all of them.
struct ComparisonTable {
  let inputs: [MetricSamples]
  let names: [String]
  let settings: ComparisonSettings
  let isPaired: Bool
  /// On the log scale where that is asked for, less `base`.
  private let domains: [[[Double]]]
  /// What was taken off each column.
  private let base: [Double]
  /// `[pair][text][column]`, the differences of paired texts.
  private let differences: [[[Double]]]
  /// `[domain][column]`.
  private let moments: [[SampleMoments]]
  /// The domains, each centered at its own means.
  private let tiles: [ColumnTiles]
  let workers: Workers

  /// The blocks of each metric; one of no number for metrics of texts.
  let places: [Int?]
  var blocks: Int { places.count }
  private var columns: Int { inputs.count * blocks }

  /// - Parameter inputs: the same domains with the same number of texts in each, the same pairs, paired or not, of metrics of
  ///   blocks or of texts.
  /// - Throws: ``ComparisonError``.
  init(_ inputs: [MetricSamples], layers: Range<Int>, settings: ComparisonSettings) throws(ComparisonError) {
    for input in inputs {
      for pair in input.pairs where !(input.domains.indices.contains(pair.a) && input.domains.indices.contains(pair.b))
      {
        throw .pair(domains: input.domains.count, found: pair)
      }
    }
    for input in inputs where input.isPaired {
      for pair in input.pairs where input.domains[pair.a].values.count != input.domains[pair.b].values.count {
        throw .unpaired(
          metric: input.metric, scope: input.scope, expected: input.domains[pair.a].values.count,
          found: input.domains[pair.b].values.count)
      }
    }
    self.inputs = inputs
    self.settings = settings
    isPaired = inputs.first?.isPaired ?? false
    let isOfText = inputs.first?.metric.isOfText ?? false
    places = isOfText ? [nil] : layers.map { $0 }
    names = inputs.first?.domains.map(\.name) ?? []
    let columns = inputs.count * places.count
    var domains = (inputs.first?.domains ?? []).map { domain in
      [[Double]](repeating: [], count: domain.values.count)
    }
    for input in inputs {
      for (index, domain) in input.domains.enumerated() {
        for (text, values) in domain.values.enumerated() {
          domains[index][text] += try Self.check(values, text, domain.name, input, isOfText ? 0..<1 : layers, settings)
        }
      }
    }
    // Before anything is taken off: differences are few digits.
    differences =
      isPaired
      ? (inputs.first?.pairs ?? []).map { pair in
        zip(domains[pair.a], domains[pair.b]).map { zip($0, $1).map { $0 - $1 } }
      } : []
    let base = domains.lazy.compactMap(\.first).first ?? [Double](repeating: 0, count: columns)
    self.base = base
    // Nothing depends on where zero is, but a mean that is large against the spread would cost digits.
    self.domains = domains.map { $0.map { zip($0, base).map { $0 - $1 } } }
    moments = self.domains.map { rows in
      (0..<columns).map { column in SampleMoments(rows.lazy.map { $0[column] }) }
    }
    tiles = zip(self.domains, moments).map { rows, moments in
      ColumnTiles(rows, centers: moments.map { $0.count > 0 ? $0.mean : 0 })
    }
    workers = Workers(settings.threads)
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
    for index in pairs.indices {
      progress(Double(index) / steps)
      results.append(compare(index))
    }
    progress(Double(pairs.count) / steps)
    let tests = omnibusTests()
    progress(Double(pairs.count + 1) / steps)
    let controls = controls(results)
    let compared = inputs.indices.map { input in
      DomainComparison(
        metric: inputs[input].metric, scope: inputs[input].scope, settings: settings, isPaired: isPaired,
        blocks: rows(input, results), bands: results.flatMap { bands(input, $0) },
        omnibus: omnibus(input, tests), control: controls[input])
    }
    progress(1)
    return compared
  }

  private func compare(_ index: Int) -> PairResult {
    let pair = (inputs.first?.pairs ?? [])[index]
    let (a, b) = (pair.a, pair.b)
    let differences = isPaired ? differences[index] : nil
    let spread = differences.map { rows in (0..<columns).map { column in SampleMoments(rows.lazy.map { $0[column] }) } }
    var result = PairResult(a: a, b: b)
    for column in 0..<columns {
      let (first, second) = (moments[a][column], moments[b][column])
      let (raw, other) = (first.shifted(by: base[column]), second.shifted(by: base[column]))
      result.untested.append(
        Verdict(
          untested: domains[a].lazy.map { $0[column] }, domains[b].lazy.map { $0[column] },
          counts: (first.count, second.count), differences: differences?.map { $0[column] }))
      let test: TTest
      if let spread = spread?[column] {
        test = TTest(paired: spread)
        result.effects.append(HedgesG(paired: first, second, difference: spread.mean))
        result.ratios.append(RatioInterval(paired: raw, other, differences: spread))
      } else {
        test = TTest(first, second)
        result.effects.append(HedgesG(first, second))
        result.ratios.append(RatioInterval(raw, other))
      }
      if settings.usesLogScale { result.ratios[column] = RatioInterval(ofLogarithms: test) }
      if inputs[column / blocks].metric.isSigned { result.ratios[column] = .undefined }
      result.tests.append(test)
    }
    let none = [Double](repeating: .nan, count: columns)
    result.chances = DealChances(single: none, maximum: none, bands: inputs.map { _ in [] })
    result.intervals = none.map { ($0, $0) }
    guard domains[a].count > 1, domains[b].count > 1, blocks > 0 else { return result }
    let bootstrap = Bootstrap(
      rowsA: Array(domains[a].indices), rowsB: Array(domains[b].indices), isPaired: isPaired, settings: settings)
    result.intervals = workers.map(tiles[a].count) { tile in
      var difference = ColumnTiles.Vector()
      for (lane, test) in result.tests.dropFirst(tile * ColumnTiles.width).prefix(ColumnTiles.width).enumerated() {
        difference[lane] = test.difference
      }
      return bootstrap.intervals(tiles[a], tiles[b], difference: difference, tile: tile)
    }.flatMap { $0 }
    guard result.untested.contains(where: { $0 == nil }) else { return result }
    // A column that is not tested must not count among the largest: all zeros have a t of 0.
    func cleared(_ row: [Double]) -> [Double] { zip(row, result.untested).map { $1 == nil ? $0 : 0 } }
    if let differences {
      let permutation = SignPermutation(rows: differences.map(cleared), blocks: blocks, settings: settings)
      result.bands = permutation.bands
      result.chances = permutation.run(workers)
    } else {
      let permutation = PairPermutation(
        rows: (domains[a] + domains[b]).map(cleared), countA: domains[a].count, blocks: blocks, settings: settings)
      result.bands = permutation.bands
      result.chances = permutation.run(workers)
    }
    return result
  }

  /// The control of each input: of what is tested.
  private func controls(_ results: [PairResult]) -> [NegativeControl] {
    let columns = inputs.indices.map { $0 * blocks..<($0 + 1) * blocks }
    if isPaired {
      let tables = differences.map { ColumnTiles($0, centers: [Double](repeating: 0, count: self.columns)) }
      let pairs = ExchangedPairs(
        tables, tested: results.map { $0.untested.map { $0 == nil } }, settings: settings, workers: workers)
      return columns.map { pairs.control(columns: $0) }
    }
    let tested = domains.map { rows in
      (0..<self.columns).map { column in
        Verdict.distinct(rows.lazy.map { $0[column] }).count == Verdict.leastValues
      }
    }
    let halves = SplitHalves(tiles, tested: tested, settings: settings, workers: workers)
    return columns.map { halves.control(columns: $0) }
  }

  private func omnibusTests() -> [(f: Double, p: Double, pPermutation: Double)] {
    if isPaired { return [] }
    let tests = (0..<columns).map { column -> (f: Double, p: Double) in
      let values = domains.lazy.joined().map { $0[column] }
      return Verdict.distinct(values).count < Verdict.leastValues
        ? (.nan, .nan) : OmnibusPermutation.test(moments.map { $0[column] })
    }
    guard domains.count(where: { !$0.isEmpty }) > 1 else { return tests.map { ($0.f, $0.p, .nan) } }
    let permuted = OmnibusPermutation(domains, columns: columns, settings: settings).run(workers)
    return zip(tests, permuted).map { test, p in (test.f, test.p, test.f.isNaN ? .nan : p) }
  }

  private func omnibus(_ input: Int, _ tests: [(f: Double, p: Double, pPermutation: Double)]) -> [OmnibusTest] {
    if tests.isEmpty { return [] }
    return zip(places, tests[input * blocks..<(input + 1) * blocks]).map { layer, test in
      OmnibusTest(
        metric: inputs[input].metric, scope: inputs[input].scope, layer: layer, f: test.f, p: test.p,
        pPermutation: test.pPermutation)
    }
  }
}

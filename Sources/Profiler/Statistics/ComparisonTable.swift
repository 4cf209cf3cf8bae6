import Foundation
import LlamaCore

/// Several metrics of the same texts, and the comparison of all of them: in one table, a row for each text, domain after domain,
/// a column for each metric and block.
struct ComparisonTable {
  let inputs: [SampleShape]
  let names: [String]
  let settings: ComparisonSettings
  let isPaired: Bool
  /// On the log scale where that is asked for, less `base`.
  private var table: ColumnTiles
  /// The rows of each domain.
  private let domains: [Range<Int>]
  /// What was taken off each column: the first text's values. Nothing depends on where zero is, but a mean that is large against
  /// the spread would cost digits.
  private let base: [Double]
  /// For each pair the differences of paired texts.
  private let differences: [ColumnTiles]
  /// `[domain][column]`.
  private let moments: [[SampleMoments]]
  let workers: Workers

  /// The blocks of each metric; one of no number for metrics of texts.
  let places: [Int?]
  var blocks: Int { places.count }
  private var columns: Int { inputs.count * blocks }

  /// - Parameter sources: of samples with the same domains and the same number of texts in each, the same pairs, paired or not,
  ///   of metrics of blocks or of texts.
  /// - Throws: ``ComparisonError``.
  init(_ sources: [SampleSource], layers: Range<Int>, settings: ComparisonSettings) throws(ComparisonError) {
    var inputs: [SampleShape] = []
    var (base, domains): ([Double], [Range<Int>]) = ([], [])
    var table = ColumnTiles(rows: 0, columns: 0)
    var differences: [ColumnTiles] = []
    var blocks = 0
    for source in sources {
      let samples = try source.samples()
      if inputs.isEmpty {
        let shape = SampleShape(samples)
        blocks = samples.metric.isOfText ? 1 : layers.count
        domains = shape.rows
        let columns = sources.count * blocks
        table = ColumnTiles(rows: domains.last?.upperBound ?? 0, columns: columns)
        base = [Double](repeating: 0, count: columns)
        if samples.isPaired {
          differences = samples.pairs.map { ColumnTiles(rows: domains[$0.a].count, columns: columns) }
        }
      }
      let start = inputs.count * blocks
      func value(_ domain: Int, _ text: Int, _ block: Int) -> Double {
        let value = samples.domains[domain].values[text][block]
        return settings.usesLogScale ? log(value) : value
      }
      for block in 0..<blocks {
        if let first = domains.firstIndex(where: { !$0.isEmpty }) { base[start + block] = value(first, 0, block) }
        for (domain, rows) in domains.enumerated() {
          for row in rows {
            table[row, start + block] = value(domain, row - rows.lowerBound, block) - base[start + block]
          }
        }
        // Before anything is taken off: differences are few digits.
        for (index, pair) in samples.pairs.enumerated() where samples.isPaired {
          for text in 0..<differences[index].rows {
            differences[index][text, start + block] = value(pair.a, text, block) - value(pair.b, text, block)
          }
        }
      }
      inputs.append(SampleShape(samples))
    }
    self.inputs = inputs
    self.settings = settings
    isPaired = inputs.first?.isPaired ?? false
    places = inputs.first?.metric.isOfText ?? false ? [nil] : layers.map { $0 }
    names = inputs.first?.names ?? []
    moments = domains.map { rows in
      (0..<table.columns).map { SampleMoments(table.column($0, rows)) }
    }
    workers = Workers(settings.threads)
    (self.table, self.domains, self.base, self.differences) = (table, domains, base, differences)
  }

  /// - Throws: ``ComparisonError`` where samples are none that can be compared.
  static func check(
    _ input: MetricSamples, _ layers: Range<Int>, _ settings: ComparisonSettings
  ) throws(ComparisonError) {
    for pair in input.pairs {
      guard input.domains.indices.contains(pair.a), input.domains.indices.contains(pair.b) else {
        throw .pair(domains: input.domains.count, found: pair)
      }
      let (expected, found) = (input.domains[pair.a].values.count, input.domains[pair.b].values.count)
      guard !input.isPaired || expected == found else {
        throw .unpaired(metric: input.metric, scope: input.scope, expected: expected, found: found)
      }
    }
    let layers = input.metric.isOfText ? 0..<1 : layers
    for domain in input.domains {
      for (text, values) in domain.values.enumerated() { try check(values, text, domain.name, input, layers, settings) }
    }
  }

  private static func check(
    _ values: [Double], _ text: Int, _ domain: String, _ input: MetricSamples, _ layers: Range<Int>,
    _ settings: ComparisonSettings
  ) throws(ComparisonError) {
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
  }

  /// A comparison for each input.
  consuming func compare(progress: (Double) -> Void) -> [DomainComparison] {
    let pairs = inputs.first?.pairs ?? []
    // The tests over all domains and the negative control take about as long as a pair each.
    let steps = Double(pairs.count + 2)
    var results: [PairResult] = []
    for index in pairs.indices {
      progress(Double(index) / steps)
      results.append(compare(index))
    }
    progress(Double(pairs.count) / steps)
    let controls = controls(results)
    progress(Double(pairs.count + 1) / steps)
    let tests = omnibusTests()
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
    var result = PairResult(a: a, b: b)
    for column in 0..<columns {
      let (first, second) = (moments[a][column], moments[b][column])
      let (raw, other) = (first.shifted(by: base[column]), second.shifted(by: base[column]))
      let changes = differences.map { $0.column(column, 0..<$0.rows) }
      result.untested.append(
        Verdict(
          untested: table.column(column, domains[a]), table.column(column, domains[b]),
          counts: (first.count, second.count), differences: changes.map(Array.init)))
      let test: TTest
      if let changes {
        let spread = SampleMoments(changes)
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
    result.intervals = intervals(a, b, result.tests.map(\.difference))
    guard result.untested.contains(where: { $0 == nil }) else { return result }
    // A column that is not tested must not count among the largest: all zeros have a t of 0.
    let tested = result.untested.map { $0 == nil }
    if let differences {
      let none = [Double](repeating: 0, count: columns)
      let permutation = SignPermutation(
        ColumnTiles(differences, [(0..<differences.rows, none)], kept: tested), blocks: blocks, settings: settings)
      result.bands = permutation.bands
      result.chances = permutation.run(workers)
    } else {
      let centers = table.means(domains[a], domains[b])
      let permutation = PairPermutation(
        ColumnTiles(table, [(domains[a], centers), (domains[b], centers)], kept: tested), countA: domains[a].count,
        blocks: blocks, settings: settings)
      result.bands = permutation.bands
      result.chances = permutation.run(workers)
    }
    return result
  }

  /// The domain's mean in each column.
  private func centers(_ domain: Int) -> [Double] { moments[domain].map { $0.count > 0 ? $0.mean : 0 } }

  private func intervals(_ a: Int, _ b: Int, _ differences: [Double]) -> [(low: Double, high: Double)] {
    let countA = domains[a].count
    let bootstrap = Bootstrap(
      rowsA: HeldDraws.identity(countA), rowsB: HeldDraws.identity(domains[b].count, from: countA), isPaired: isPaired,
      settings: settings)
    let tiles = ColumnTiles(table, [(domains[a], centers(a)), (domains[b], centers(b))])
    let vectors = (0..<tiles.count).map { tile in
      var vector = ColumnTiles.Vector()
      for (lane, value) in differences.dropFirst(tile * ColumnTiles.width).prefix(ColumnTiles.width).enumerated() {
        vector[lane] = value
      }
      return vector
    }
    return bootstrap.intervals(tiles, tiles: Array(0..<tiles.count), differences: vectors, workers).flatMap { $0 }
  }

  /// The control of each input: of what is tested.
  private func controls(_ results: [PairResult]) -> [NegativeControl] {
    let metrics = inputs.indices.map { $0 * blocks..<($0 + 1) * blocks }
    if isPaired {
      let pairs = ExchangedPairs(
        differences, tested: results.map { $0.untested.map { $0 == nil } }, settings: settings, workers: workers)
      return metrics.map { pairs.control(columns: $0) }
    }
    let halves = domains.indices.map { domain in
      let tested = (0..<columns).map { column in
        Verdict.distinct(table.column(column, domains[domain])).count == Verdict.leastValues
      }
      return SplitHalves.Domain(rows: domains[domain], centers: centers(domain), tested: tested)
    }
    return SplitHalves(table, halves, settings: settings, workers: workers).controls(metrics)
  }

  /// Last, because it takes the table as it needs it.
  private mutating func omnibusTests() -> [(f: Double, p: Double, pPermutation: Double)] {
    if isPaired { return [] }
    let all = 0..<table.rows
    let tests = (0..<columns).map { column -> (f: Double, p: Double) in
      Verdict.distinct(table.column(column, all)).count < Verdict.leastValues
        ? (.nan, .nan) : OmnibusPermutation.test(moments.map { $0[column] })
    }
    guard domains.count(where: { !$0.isEmpty }) > 1 else { return tests.map { ($0.f, $0.p, .nan) } }
    table.center(at: table.means(all))
    let permuted = OmnibusPermutation(table, counts: domains.map(\.count), settings: settings).run(workers)
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

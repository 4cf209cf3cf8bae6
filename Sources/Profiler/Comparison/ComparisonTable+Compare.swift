import Foundations
import LlamaCore
import Statistics

extension ComparisonTable {
  /// Returns a comparison for each input.
  ///
  /// - Throws: `FileError` if values in a file cannot be read.
  func compare(progress: (Double) -> Void) throws(FileError) -> [DomainComparison] {
    // The tests over all domains and the negative control each take about as long as a pair.
    let steps = Double(pairs.count + 2)
    var results: [PairResult] = []
    for index in pairs.indices {
      progress(Double(index) / steps)
      results.append(try compare(index))
    }
    progress(Double(pairs.count) / steps)
    let controls = try controls(results)
    progress(Double(pairs.count + 1) / steps)
    let tests = try omnibusTests()
    let compared = inputs.indices.map { input in
      DomainComparison(
        metric: inputs[input].metric, scope: inputs[input].scope, settings: settings, isPaired: isPaired,
        pairs: pairs(input, results), omnibus: omnibus(input, tests), control: controls[input])
    }
    progress(1)
    return compared
  }

  private func compare(_ index: Int) throws(FileError) -> PairResult {
    let (a, b) = sides[index]
    var result = PairResult(a: a.domain, b: b.domain)
    let (first, second) = (summaries(a), summaries(b))
    for column in 0..<columns { add(first[column], second[column], column, index, to: &result) }
    let none = [Double](repeating: .nan, count: columns)
    result.chances = DealChances(single: none, maximum: none, clusters: inputs.map { _ in [] })
    result.intervals = none.map { ($0, $0) }
    guard a.count > 1, b.count > 1, blocks > 0 else { return result }
    result.intervals = try intervals(index, result.tests.map(\.difference))
    // An untested column must not count for the maximum: all zeros have a t of 0.
    let tested = result.untested.map { $0 == nil }
    if tested.contains(true) { (result.clusters, result.chances) = try permuted(index, tested) }
    return result
  }

  /// Adds a column's tests, except those based on random draws.
  private func add(
    _ first: ColumnSummary, _ second: ColumnSummary, _ column: Int, _ index: Int, to result: inout PairResult
  ) {
    let (a, b) = (first.moments, second.moments)
    let (raw, other) = (a.shifted(by: base[column]), b.shifted(by: base[column]))
    let test: TTest
    let apart = areLengthsApart[index][column / blocks] ? Verdict.lengthsApart : nil
    if pairings[index] {
      let changes = differenceSummaries[index][column]
      result.untested.append(Verdict(untested: first, second, differences: changes) ?? apart)
      test = TTest(paired: changes.moments)
      result.effects.append(HedgesG(paired: a, b, difference: changes.moments.mean))
      result.ratios.append(RatioInterval(paired: raw, other, differences: changes.moments))
    } else {
      result.untested.append(Verdict(untested: first, second, differences: nil) ?? apart)
      test = TTest(a, b)
      result.effects.append(HedgesG(a, b))
      result.ratios.append(RatioInterval(raw, other))
    }
    if settings.usesLogScale { result.ratios[column] = RatioInterval(ofLogarithms: test) }
    if inputs[column / blocks].metric.isSigned { result.ratios[column] = .undefined }
    result.tests.append(test)
  }

  private func permuted(
    _ index: Int, _ tested: [Bool]
  ) throws(FileError) -> (clusters: [[ClusterOfBlocks]], chances: DealChances) {
    if pairings[index], let differences {
      var tiles = try ColumnTiles(differences, [pairRows[index]])
      tiles.keep(tested)
      let permutation = SignPermutation(tiles, blocks: blocks, settings: settings)
      return (permutation.clusters, permutation.run(workers))
    }
    let (a, b) = sides[index]
    var tiles = try ColumnTiles(values, a.ranges + b.ranges)
    tiles.center(0..<tiles.rows, at: tiles.means())
    tiles.keep(tested)
    let permutation = PairPermutation(tiles, countA: a.count, blocks: blocks, settings: settings)
    return (permutation.clusters, permutation.run(workers))
  }

  /// Returns the mean in each column.
  private func centers(_ summaries: [ColumnSummary]) -> [Double] {
    summaries.map { $0.moments.count > 0 ? $0.moments.mean : 0 }
  }

  private func intervals(
    _ index: Int, _ differences: [Double]
  ) throws(FileError) -> [(low: Double, high: Double)] {
    let (a, b) = sides[index]
    let countA = a.count
    let bootstrap = Bootstrap(
      rowsA: HeldDraws.identity(countA), rowsB: HeldDraws.identity(b.count, from: countA), isPaired: pairings[index],
      settings: settings)
    var tiles = try ColumnTiles(values, a.ranges + b.ranges)
    tiles.center(0..<countA, at: centers(summaries(a)))
    tiles.center(countA..<tiles.rows, at: centers(summaries(b)))
    let vectors = (0..<tiles.count).map { tile in
      var vector = ColumnTiles.Vector()
      for (lane, value) in differences.dropFirst(tile * ColumnTiles.width).prefix(ColumnTiles.width).enumerated() {
        vector[lane] = value
      }
      return vector
    }
    return bootstrap.intervals(tiles, tiles: Array(0..<tiles.count), differences: vectors, workers).flatMap { $0 }
  }

  /// Returns the control of each input, over the tested columns.
  private func controls(_ results: [PairResult]) throws(FileError) -> [NegativeControl] {
    let metrics = inputs.indices.map { $0 * blocks..<($0 + 1) * blocks }
    if isPaired, let differences {
      let pairs = zip(pairRows, results).map { rows, result in
        ExchangedPairs.Pair(rows: rows, tested: result.untested.map { $0 == nil })
      }
      return try ExchangedPairs(differences, pairs, settings: settings, workers: workers).controls(metrics)
    }
    let halves = domains.indices.map { domain in
      SplitHalves.Domain(
        rows: domains[domain], centers: centers(summaries(domain: domain)),
        tested: summaries(domain: domain).map { $0.distinct.count == Verdict.leastValues })
    }
    return try SplitHalves(values, halves, settings: settings, workers: workers).controls(metrics)
  }

  private func omnibusTests() throws(FileError) -> [(f: Double, p: Double, pPermutation: Double)] {
    if isPaired { return [] }
    // A group that occurs in several domains is left out.
    let summaries = apart.map { self.summaries($0) }
    let tests = (0..<columns).map { column -> (f: Double, p: Double) in
      let found = summaries.map { $0[column] }
      return found.reduce([]) { Verdict.distinct($1.distinct, $0) }.count < Verdict.leastValues
        ? (.nan, .nan) : OmnibusPermutation.test(found.map(\.moments))
    }
    guard apart.count(where: { $0.count > 0 }) > 1 else { return tests.map { ($0.f, $0.p, .nan) } }
    var permuted: [Double] = []
    // At most the memory of a pair of domains at a time.
    let count = ComparisonMemory.omnibusTiles(domains.map(\.count), pairs, columns: columns)
    for start in stride(from: 0, to: ColumnTiles.count(columns), by: count) {
      let range = start..<min(start + count, ColumnTiles.count(columns))
      var tiles = try ColumnTiles(values, apart.flatMap(\.ranges), tiles: range)
      tiles.center(0..<tiles.rows, at: tiles.means())
      permuted += OmnibusPermutation(tiles, counts: apart.map(\.count), settings: settings).run(workers)
    }
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

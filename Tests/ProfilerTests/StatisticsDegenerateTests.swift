import Profiler
import Testing

/// Samples of which little or nothing can be said.
@Suite struct StatisticsDegenerateTests {
  private func compare(
    _ domains: [[[Double]]], layers: Range<Int> = 0..<1, edit: (inout ComparisonSettings) -> Void = { _ in }
  ) throws -> DomainComparison {
    var settings = ComparisonSettings()
    settings.permutations = 199
    settings.resamples = 100
    edit(&settings)
    let samples = domains.enumerated().map { DomainSample(name: "\($0)", values: $1) }
    return try DomainComparison.compare(samples, metric: .absMean, scope: .all, layers: layers, settings: settings)
  }

  @Test(arguments: [[], [[1.0]]])
  func `with fewer than two texts nothing is known but the difference`(values: [[Double]]) throws {
    let found = try compare([values, [[2], [3], [5]]])
    let row = try #require(found.blocks.first)
    #expect(row.countA == values.count && row.countB == 3)
    #expect(values.isEmpty ? row.difference.isNaN : abs(row.difference - (1 - 10.0 / 3)) < 1e-15)
    for value in [
      row.hedgesG, row.gLow, row.gHigh, row.t, row.degreesOfFreedom, row.p, row.q, row.pPermutation, row.pMaximum,
      row.pEquivalence,
    ] { #expect(value.isNaN) }
    #expect(row.verdict == .inconclusive && row.textsNeeded == nil && found.bands.isEmpty)
    #expect(found.control.comparisons == 0 && found.control.rawShare.isNaN)
    // With one text in a domain there still is a variance within the other.
    #expect(found.omnibus[0].f.isNaN == values.isEmpty && found.omnibus[0].pPermutation.isNaN == values.isEmpty)
  }

  @Test func `equal constants are equivalent`() throws {
    // 0.1 has no exact sum: a mean of it must be 0.1 all the same.
    let found = try compare([Array(repeating: [0.1], count: 7), Array(repeating: [0.1], count: 10)])
    let row = found.blocks[0]
    #expect(row.difference == 0 && row.hedgesG == 0 && row.gLow == 0 && row.gHigh == 0 && row.pEquivalence == 0)
    for value in [row.t, row.degreesOfFreedom, row.p, row.q, row.pPermutation, row.pMaximum] { #expect(value.isNaN) }
    #expect(row.verdict == .equivalent && row.textsNeeded == nil && found.bands.isEmpty)
    #expect(found.omnibus[0].f.isNaN && found.omnibus[0].p.isNaN && found.omnibus[0].pPermutation.isNaN)
    #expect(found.control.comparisons == 0)
  }

  @Test func `different constants are different`() throws {
    let found = try compare([Array(repeating: [0.1], count: 7), Array(repeating: [0.3], count: 10)])
    let row = found.blocks[0]
    #expect(row.t == -.infinity && row.hedgesG == -.infinity && row.gLow == -.infinity && row.gHigh == -.infinity)
    #expect(row.p == 0 && row.q == 0 && row.degreesOfFreedom.isNaN && row.pEquivalence == 1)
    #expect(row.pPermutation == 1.0 / 200 && row.pMaximum == 1.0 / 200)
    #expect(row.verdict == .different && found.bands.count == 1)
    #expect(found.omnibus[0].f == .infinity && found.omnibus[0].p == 0 && found.omnibus[0].pPermutation == 1.0 / 200)
  }

  @Test func `a constant block does not disturb its neighbours`() throws {
    var samples = NormalSamples(seed: 3)
    let a = samples.sample("a", texts: 12, blocks: 2).values
    let b = samples.sample("b", texts: 9, blocks: 2, mean: 1).values
    let alone = try compare([a, b], layers: 0..<2)
    func widened(_ values: [[Double]]) -> [[Double]] { values.map { [$0[0], 7, $0[1]] } }
    let found = try compare([widened(a), widened(b)], layers: 0..<3)
    for (index, layer) in [0, 2].enumerated() {
      #expect(found.blocks[layer].pPermutation == alone.blocks[index].pPermutation)
      #expect(found.blocks[layer].pMaximum == alone.blocks[index].pMaximum)
      #expect(found.blocks[layer].q == alone.blocks[index].q && found.blocks[layer].gLow == alone.blocks[index].gLow)
    }
  }

  @Test func `one constant domain beside one with scatter is an ordinary test`() throws {
    let found = try compare([Array(repeating: [1.0], count: 5), [[1.0], [2.0], [4.0], [3.5]]])
    let row = found.blocks[0]
    #expect(row.degreesOfFreedom == 3 && row.p > 0 && row.p < 1 && row.hedgesG < 0)
  }

  @Test func `one domain has no pairs, but a negative control; none has nothing`() throws {
    var samples = NormalSamples(seed: 2)
    let one = try compare([samples.sample("a", texts: 8, blocks: 3).values], layers: 0..<3)
    #expect(one.blocks.isEmpty && one.bands.isEmpty && one.omnibus.count == 3 && one.omnibus[0].f.isNaN)
    #expect(one.control.comparisons == 300)
    let none = try compare([], layers: 0..<3)
    #expect(none.blocks.isEmpty && none.control.comparisons == 0 && none.omnibus.count == 3)
    #expect(try compare([[[], []], [[], []]], layers: 0..<0).blocks.isEmpty)
  }

  @Test func `mistakes are typed errors of one line`() {
    func message(_ domains: [[[Double]]], _ edit: (inout ComparisonSettings) -> Void = { _ in }) -> String {
      do {
        _ = try compare(domains, layers: 4..<6, edit: edit)
        return "no error"
      } catch { return "\(error)" }
    }
    let good: [[Double]] = [[1, 2], [2, 3]]
    #expect(message([good, [[1, 2], [1]]]) == "abs_mean (all), text 1 of sample \"1\": expected 2 blocks, found 1")
    #expect(
      message([good, [[1, .nan]]])
        == "abs_mean (all), text 0 of sample \"1\", block 5: expected a finite value, found nan")
    #expect(
      message([good, [[0, 1]]]) { $0.usesLogScale = true }
        == "abs_mean (all), text 0 of sample \"1\", block 4: expected a positive value for the log scale, found 0.0")
    #expect(message([good]) { $0.alpha = 1 } == "alpha: expected a number between 0 and 1, found 1.0")
    #expect(
      message([good]) { $0.equivalenceBound = .nan } == "equivalence bound: expected a positive number, found nan")
    #expect(message([good]) { $0.permutations = 0 } == "permutations: expected at least 1, found 0")
    #expect(message([good]) { $0.resamples = -1 } == "resamples: expected at least 1, found -1")
    let input = MetricSamples(metric: .mean, scope: .all, domains: [], pairs: [DomainPair(0, 1)])
    #expect(throws: ComparisonError.pair(domains: 0, found: DomainPair(0, 1))) {
      try DomainComparison.compare([input], layers: 0..<1)
    }
  }
}

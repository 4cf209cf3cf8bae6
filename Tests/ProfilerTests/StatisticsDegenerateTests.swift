import Profiler
import Statistics
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
    #expect(row.countA == values.count)
    #expect(row.countB == 3)
    #expect(values.isEmpty ? row.difference.isNaN : abs(row.difference - (1 - 10.0 / 3)) < 1e-15)
    for value in [
      row.hedgesG, row.gLow, row.gHigh, row.t, row.degreesOfFreedom, row.p, row.q, row.pPermutation, row.pMaxT,
      row.pTOST,
    ] { #expect(value.isNaN) }
    #expect(row.verdict == .tooFewGroups)
    #expect(row.textsNeeded == nil)
    #expect(found.clusters.isEmpty)
    #expect(found.control.comparisons == 0)
    #expect(found.control.rawShare.isNaN)
    #expect(found.omnibus[0].f.isNaN)
    #expect(found.omnibus[0].pPermutation.isNaN)
  }

  @Test(arguments: [0.1, 0.3])
  func `constants are constant, equal or not: no effect, no p`(other: Double) throws {
    // 0.1 has no exact sum: a mean of it must be 0.1 all the same.
    let found = try compare([Array(repeating: [0.1], count: 7), Array(repeating: [other], count: 10)])
    let row = found.blocks[0]
    #expect(row.verdict == .constant)
    #expect(row.textsNeeded == nil)
    #expect(found.clusters.isEmpty)
    #expect(row.difference == 0.1 - other)
    #expect(abs(row.ratio - 0.1 / other) < 1e-15)
    for value in [
      row.hedgesG, row.gLow, row.gHigh, row.t, row.degreesOfFreedom, row.p, row.q, row.pPermutation, row.pMaxT,
      row.pTOST, row.ratioLow, row.ratioHigh,
    ] { #expect(value.isNaN) }
    #expect(found.omnibus[0].f.isNaN)
    #expect(found.omnibus[0].p.isNaN)
    #expect(found.omnibus[0].pPermutation.isNaN)
    #expect(found.control.comparisons == 0)
  }

  @Test func `fewer than eight distinct values are too few, eight are not`() throws {
    let few = (0..<12).map { [Double($0 % 3)] }
    func verdict(_ other: [[Double]]) throws -> BlockComparison { try compare([few, other]).blocks[0] }
    let row = try verdict((0..<12).map { [Double($0 % 7)] })
    #expect(row.verdict == .tooFewValues)
    #expect(row.hedgesG.isFinite)
    #expect(row.p.isNaN)
    #expect(row.q.isNaN)
    #expect(row.pPermutation.isNaN)
    #expect(row.pMaxT.isNaN)
    #expect(row.pTOST.isNaN)
    #expect(row.textsNeeded == nil)
    #expect(try verdict((0..<12).map { [Double($0 % 8)] }).verdict.isTested)
  }

  @Test func `fewer than five texts are too few, whatever they say`() throws {
    let five = (1...5).map { [Double($0)] }
    #expect(try compare([five, (101...104).map { [Double($0)] }]).blocks[0].verdict == .tooFewGroups)
    #expect(try compare([five, (101...105).map { [Double($0)] }]).blocks[0].verdict == .different)
  }

  @Test func `what is not tested does not count in the correction, nor among the largest`() throws {
    var samples = NormalSamples(seed: 4)
    let a = samples.sample("a", texts: 12, blocks: 2).values
    let b = samples.sample("b", texts: 9, blocks: 2, mean: 1).values
    let alone = try compare([a, b], layers: 0..<2).blocks
    // Blocks between of constants that differ and of two values.
    func widened(_ values: [[Double]], _ constant: Double) -> [[Double]] {
      values.enumerated().map { [$1[0], constant, Double($0 % 2) + constant, $1[1]] }
    }
    let found = try compare([widened(a, 5), widened(b, 6)], layers: 0..<4).blocks
    #expect(found.map(\.verdict)[1...2] == [.constant, .tooFewValues])
    for (row, expected) in zip([found[0], found[3]], alone) {
      #expect(row.q == expected.q)
      #expect(row.pMaxT == expected.pMaxT)
      #expect(row.pPermutation == expected.pPermutation)
    }
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
      #expect(found.blocks[layer].pMaxT == alone.blocks[index].pMaxT)
      #expect(found.blocks[layer].q == alone.blocks[index].q)
      #expect(found.blocks[layer].gLow == alone.blocks[index].gLow)
    }
  }

  @Test func `one constant domain beside one with scatter is an ordinary test`() throws {
    let others = [1.0, 2, 4, 3.5, 1.5, 2.5, 3, 4.5].map { [$0] }
    let found = try compare([Array(repeating: [1.0], count: 5), others])
    let row = found.blocks[0]
    #expect(row.degreesOfFreedom == 7)
    #expect(row.p > 0)
    #expect(row.p < 1)
    #expect(row.hedgesG < 0)
  }

  @Test func `one domain has no pairs, but a negative control; none has nothing`() throws {
    var samples = NormalSamples(seed: 2)
    let one = try compare([samples.sample("a", texts: 10, blocks: 3).values], layers: 0..<3)
    #expect(one.blocks.isEmpty)
    #expect(one.clusters.isEmpty)
    try #require(one.omnibus.count == 3)
    #expect(one.omnibus[0].f.isNaN)
    #expect(one.control.comparisons == 300)
    let none = try compare([], layers: 0..<3)
    #expect(none.blocks.isEmpty)
    #expect(none.control.comparisons == 0)
    #expect(none.omnibus.count == 3)
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
      message([good]) { $0.equivalenceBound = .deviations(.nan) }
        == "equivalence bound: expected a positive number, found nan")
    #expect(message([good]) { $0.permutations = 0 } == "permutations: expected at least 1, found 0")
    #expect(message([good]) { $0.resamples = -1 } == "resamples: expected at least 1, found -1")
    let input = MetricSamples(metric: .mean, scope: .all, domains: [], pairs: [DomainPair(0, 1)])
    #expect(throws: ComparisonError.pair(domains: 0, found: DomainPair(0, 1))) {
      try DomainComparison.compare([input], layers: 0..<1)
    }
  }
}

import LlamaCore
import Profiler
import Testing

/// Blocks that a metric would have removed first, although their removal costs most.
@Suite struct MisnamedBlockTests {
  /// Returns the blocks of a domain of three texts in which removing block i costs `costs[i]`.
  private static func blocks(
    _ costs: [Double], _ influence: [Double], other: [Double]? = nil, parts: [BlockUnit.Part] = [.block]
  ) -> [MisnamedBlock] {
    let units = parts.flatMap { part in costs.indices.map { BlockUnit(part, $0) } }
    let deltas = (0..<3).map { text in costs.map { $0 + 0.001 * Double(text) } }
    let domain = madeUpAblation(named: "a", units: units, deltas.map { row in parts.flatMap { _ in row } })
    func input(_ scope: Scope, _ values: [Double]) -> ProxyRanking.Input {
      ProxyRanking.Input(scope: scope, metric: .blockInfluence, values: (0..<3).map { _ in values })
    }
    let inputs = [input(.all, influence)] + (other.map { [input(.withoutFirstToken, $0)] } ?? [])
    let ranking = ProxyRanking(domain: "a", deltaNLL: deltas, inputs)
    return MisnamedBlock.all(AblationSummary(domain), ranking)
  }

  private static let costs = [0.1, 0.2, 5, 0.3, 0.4, 0.5, 0.6, 4]

  @Test func `the block of least influence that costs most is named, with both ranks`() throws {
    let found = Self.blocks(Self.costs, [2, 3, 1, 4, 5, 6, 7, 8])
    let block = try #require(found.first)
    #expect(found.count == 1)
    #expect(block.layer == 2 && block.rank == 1 && block.harm == 1 && block.blocks == 8 && block.scope == .all)
    #expect(abs(block.deltaNLL - 5.001) < 1e-12)
    #expect(block.interval.contains(block.deltaNLL) && block.domain == "a" && block.metric == .blockInfluence)
  }

  @Test func `the second most harmful of eight is of the upper quarter, and the most harmful stands first`() {
    let found = Self.blocks(Self.costs, [3, 4, 2, 5, 6, 7, 8, 1])
    #expect(found.map(\.layer) == [2, 7])
    #expect(found.map(\.harm) == [1, 2])
    #expect(found.map(\.rank) == [2, 1])
  }

  @Test func `of two scopes the one that ranks the block lowest is named`() {
    let found = Self.blocks(Self.costs, [1, 2, 8, 3, 4, 5, 6, 7], other: [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(found.map(\.layer) == [2])
    #expect(found.map(\.rank) == [3])
    #expect(found.map(\.scope) == [.withoutFirstToken])
  }

  private static let others: [(costs: [Double], influence: [Double])] = [
    // Influence that grows with the harm; the upper half; equal influences, of which none is least.
    (costs, [1, 2, 8, 3, 4, 5, 6, 7]), (costs, [1, 2, 5, 3, 4, 6, 7, 8]), (costs, Array(repeating: 1.0, count: 8)),
    // The third most harmful of eight is not of the upper quarter.
    ([0.1, 0.2, 0.3, 4, 0.4, 0.5, 5, 6], [2, 3, 4, 1, 5, 6, 7, 8]),
    // Costs most, and does no harm.
    ([0.01, 0.011, 0.04, 0.012, 0.013, 0.014, 0.015, 0.016], [2, 3, 1, 4, 5, 6, 7, 8]),
    // A single block.
    ([5], [1]),
  ]

  @Test(arguments: others)
  func `no other block is`(costs: [Double], influence: [Double]) {
    #expect(Self.blocks(costs, influence).isEmpty)
  }

  @Test func `without a value for each block none is, and other parts do not count`() {
    let influence: [Double] = [2, 3, 1, 4, 5, 6, 7, 8]
    #expect(Self.blocks(Self.costs, influence.map { _ in .nan }).isEmpty)
    #expect(Self.blocks(Self.costs, influence, parts: [.attention]).isEmpty)
    #expect(Self.blocks(Self.costs, influence, parts: [.attention, .block, .mlp]).map(\.layer) == [2])
  }
}

/// How well metrics name the damage in all domains together.
@Suite struct ProxyAgreementTests {
  private static let damage: [[Double]?] = (0..<6).map { text in (0..<8).map { Double($0) + 0.1 * Double(text) } }

  private static func ranking(_ domain: String, _ metrics: [(Metric, [[Double]?])]) -> ProxyRanking {
    ProxyRanking(
      domain: domain, deltaNLL: damage, metrics.map { ProxyRanking.Input(scope: .all, metric: $0, values: $1) })
  }

  @Test func `the mean over domains orders the metrics, and one is sure if it is so in each`() throws {
    let falling = Self.damage.map { $0?.map { -$0 } }
    let agreements = ProxyAgreement.all([
      Self.ranking("a", [(.blockInfluence, falling), (.relativeNorm, Self.damage), (.absMean, Self.damage)]),
      Self.ranking("b", [(.blockInfluence, Self.damage), (.relativeNorm, Self.damage), (.absMean, Self.damage)]),
    ])
    #expect(agreements.map(\.metric) == [.relativeNorm, .absMean, .blockInfluence])
    #expect(agreements.map(\.spearman) == [1, 1, 0])
    #expect(agreements.map(\.isSure) == [true, true, false])
    #expect(try #require(agreements.last).domains.map(\.row.spearman) == [-1, 1])
  }

  @Test func `a domain without texts does not count, a metric without a correlation is left out`() {
    let none = Self.damage.map { _ in [Double]?.none }
    let flat = Self.damage.map { $0?.map { _ in 1.0 } }
    let agreements = ProxyAgreement.all([
      Self.ranking("a", [(.blockInfluence, none), (.relativeNorm, none)]),
      Self.ranking("b", [(.blockInfluence, flat), (.relativeNorm, Self.damage)]),
    ])
    #expect(agreements.map(\.metric) == [.relativeNorm])
    #expect(agreements.first?.domains.map(\.domain) == ["b"])
    #expect(ProxyAgreement.all([]).isEmpty)
  }
}

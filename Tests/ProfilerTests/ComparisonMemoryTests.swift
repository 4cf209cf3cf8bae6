import Profiler
import Statistics
import Testing

struct ComparisonMemoryTests {
  /// Whole tiles, so that each metric takes more.
  private static let blocks = 8

  /// Three metrics of three domains, or of three pairs.
  private static func inputs(isPaired: Bool) -> [MetricSamples] {
    var samples = NormalSamples(seed: 8)
    return [Metric.absMean, .blockInfluence, .relativeNorm].map { metric in
      let domains = ["a", "b", "c", "d"].map { name in
        samples.sample(name, texts: name == "d" ? 12 : 14, blocks: blocks, mean: name == "c" ? 5.8 : 5)
      }
      return MetricSamples(
        metric: metric, scope: .all, domains: domains,
        pairs: isPaired ? [DomainPair(0, 1), DomainPair(1, 2)] : nil, isPaired: isPaired)
    }
  }

  private static func settings(log: Bool = false) -> ComparisonSettings {
    var settings = ComparisonSettings()
    settings.permutations = 200
    settings.resamples = 100
    settings.usesLogScale = log
    return settings
  }

  private static func memory(_ input: MetricSamples, _ settings: ComparisonSettings) -> ComparisonMemory {
    ComparisonMemory(
      counts: input.domains.map(\.values.count), pairs: input.pairs, isPaired: input.isPaired, blocks: blocks,
      settings: settings)
  }

  @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
  func `tables in memory, in a file and of fewer metrics give the same bits`(isPaired: Bool, log: Bool) throws {
    let inputs = Self.inputs(isPaired: isPaired)
    var settings = Self.settings(log: log)
    let expected = try DomainComparison.compare(inputs, layers: 0..<Self.blocks, settings: settings)
    let memory = Self.memory(inputs[0], settings)
    var plans: [ComparisonMemory.Plan] = []
    for limit in [
      memory.least, memory.bytes(metrics: 2, isSpilled: true), memory.bytes(metrics: 3, isSpilled: true),
      memory.bytes(metrics: 3, isSpilled: false),
    ] {
      settings.memoryLimit = limit
      plans.append(try Self.memory(inputs[0], settings).plan(metrics: 3))
      let found = try DomainComparison.compare(inputs, layers: 0..<Self.blocks, settings: settings)
      #expect(found.map(Self.numbers) == expected.map(Self.numbers))
    }
    #expect(plans.map(\.metrics) == [1, 2, 3, 3])
    #expect(plans.map(\.isSpilled) == [true, true, true, false])
  }

  private static func numbers(_ found: DomainComparison) -> [UInt64] {
    let rows = found.blocks.flatMap {
      [
        $0.difference, $0.hedgesG, $0.gLow, $0.gHigh, $0.t, $0.degreesOfFreedom, $0.p, $0.q, $0.pPermutation,
        $0.pMaxT, $0.pTOST, $0.ratio, $0.ratioLow, $0.ratioHigh,
      ]
    }
    let others =
      found.clusters.flatMap { [$0.mass, $0.p] } + found.omnibus.flatMap { [$0.f, $0.p, $0.pPermutation] }
      + [found.control.rawShare, found.control.differentShare]
    return (rows + others).map(\.bitPattern)
  }

  @Test func `less than a metric takes is refused before anything is computed`() throws {
    let inputs = Self.inputs(isPaired: false)
    var settings = Self.settings()
    let least = Self.memory(inputs[0], settings).least
    settings.memoryLimit = least - 1
    #expect(throws: ComparisonError.memory(needed: least, limit: least - 1)) {
      try DomainComparison.compare(inputs, layers: 0..<Self.blocks, settings: settings) { _ in
        Issue.record("began to compute")
      }
    }
  }

  /// Seven domains of many texts: a table of all is several times what a pair takes.
  @Test func `where a table does not fit, a pair of domains does, and all metrics share its draws`() throws {
    var settings = ComparisonSettings()
    settings.memoryLimit = 75_000_000
    func plan(domains: Int, metrics: Int) throws -> ComparisonMemory.Plan {
      let counts = Array(repeating: 100_000 / domains, count: domains)
      return try ComparisonMemory(
        counts: counts, pairs: DomainPair.all(of: domains), isPaired: false, blocks: 5, settings: settings
      ).plan(metrics: metrics)
    }
    #expect(try plan(domains: 7, metrics: 2) == ComparisonMemory.Plan(metrics: 2, isSpilled: false))
    #expect(try plan(domains: 7, metrics: 33) == ComparisonMemory.Plan(metrics: 33, isSpilled: true))
    // Two domains are the whole: 16 metrics fit, so there are three tables, of the fewest vectors.
    #expect(try plan(domains: 2, metrics: 33) == ComparisonMemory.Plan(metrics: 12, isSpilled: true))
    // 9 metrics of 5 blocks would fit, but leave half of a vector empty in each table; 8 make no more tables.
    settings.memoryLimit = 42_500_000
    #expect(try plan(domains: 2, metrics: 30) == ComparisonMemory.Plan(metrics: 8, isSpilled: true))
    settings.memoryLimit = nil
    #expect(try plan(domains: 2, metrics: 33) == ComparisonMemory.Plan(metrics: 33, isSpilled: false))
  }
}

import Profiler
import Statistics
import Testing

/// What the tests promise, kept on thousands of simulated comparisons with a fixed seed.
@Suite struct StatisticsSimulationTests {
  /// Families of five independent blocks each.
  private static let families = 1_000, blocks = 5

  private func compare(
    _ domains: [(texts: Int, mean: Double, deviation: Double)], seed: UInt64, bound: Double = 0.2
  ) throws -> [DomainComparison] {
    var samples = NormalSamples(seed: seed)
    let inputs = (0..<Self.families).map { _ in
      MetricSamples(
        metric: .absMean, scope: .all,
        domains: domains.enumerated().map { index, domain in
          samples.sample(
            "\(index)", texts: domain.texts, blocks: Self.blocks, mean: domain.mean, deviation: domain.deviation)
        })
    }
    var settings = ComparisonSettings()
    settings.permutations = 499
    settings.resamples = 100
    settings.equivalenceBound = .deviations(bound)
    settings.threads = 2
    return try DomainComparison.compare(inputs, layers: 0..<Self.blocks, settings: settings)
  }

  private func share<Item>(_ items: [Item], _ holds: (Item) -> Bool) -> Double {
    Double(items.count(where: holds)) / Double(items.count)
  }

  @Test(arguments: [(20, 20, 1.0), (12, 25, 2.0)])
  func `without a difference every test errs in five of a hundred cases`(a: Int, b: Int, ratio: Double) throws {
    let found = try compare([(a, 0, 1), (b, 0, ratio)], seed: 11)
    let rows = found.flatMap(\.blocks)
    #expect(rows.count == 5_000)
    let raw = share(rows) { $0.p < 0.05 }
    let permuted = share(rows) { $0.pPermutation <= 0.05 }
    // At least one false alarm among the blocks of a family.
    let family = share(found) { $0.blocks.contains { $0.pMaxT <= 0.05 } }
    let cluster = share(found) { $0.clusters.contains { $0.p <= 0.05 } }
    let discovery = share(found) { $0.blocks.contains { $0.verdict == .different } }
    print(
      "error rates: p \(raw), permutation \(permuted), maximum \(family), cluster \(cluster), different \(discovery)")
    #expect(abs(raw - 0.05) <= 0.01)
    #expect(abs(permuted - 0.05) <= 0.01)
    // Of 1,000 families: three standard errors are 0.02.
    #expect(abs(family - 0.05) <= 0.02)
    #expect(cluster <= 0.07)
    #expect(discovery <= 0.07)
    let controls = found.map(\.control)
    let splits = controls.reduce(0) { $0 + $1.rawShare } / Double(controls.count)
    let different = controls.reduce(0) { $0 + $1.differentShare } / Double(controls.count)
    print("negative control: \(splits), different \(different)")
    #expect(abs(splits - 0.05) <= 0.01)
    #expect(different <= 0.05)
  }

  @Test func `without a difference the omnibus test errs in five of a hundred cases`() throws {
    let found = try compare([(8, 0, 1), (11, 0, 1), (9, 0, 1)], seed: 12).flatMap(\.omnibus)
    let (p, permuted) = (share(found) { $0.p < 0.05 }, share(found) { $0.pPermutation <= 0.05 })
    print("omnibus: p \(p), permutation \(permuted)")
    #expect(abs(p - 0.05) <= 0.01)
    #expect(abs(permuted - 0.05) <= 0.01)
  }

  @Test(arguments: [0.3, 0.6, 0.9, 1.2])
  func `power rises as the noncentral t says`(effect: Double) throws {
    let texts = 20
    let rows = try compare([(texts, effect, 1), (texts, 0, 1)], seed: 13).flatMap(\.blocks)
    let expected = Power.twoSided(effect: effect, texts: texts, alpha: 0.05)
    let (p, permuted) = (share(rows) { $0.p < 0.05 }, share(rows) { $0.pPermutation <= 0.05 })
    print("power at \(effect): \(p), permutation \(permuted), theory \(expected)")
    // Three standard errors of 5,000 cases are 0.021.
    #expect(abs(p - expected) <= 0.021)
    #expect(abs(permuted - expected) <= 0.025)
    // g has no bias, unlike d, which is 2 % too large at 38 degrees of freedom.
    let mean = rows.reduce(0) { $0 + $1.hedgesG } / Double(rows.count)
    #expect(abs(mean - effect) <= 0.015)
  }

  @Test(arguments: [(0.0, 60), (0.2, 60), (0.2, 110)])
  func `the power of the equivalence test is as computed, at its bound alpha`(effect: Double, texts: Int) throws {
    let rows = try compare([(texts, effect, 1), (texts, 0, 1)], seed: 14, bound: 0.6).flatMap(\.blocks)
    let expected = Power.equivalence(effect: effect, bound: 0.6, texts: texts, alpha: 0.05)
    let found = share(rows) { $0.pTOST < 0.05 }
    print("equivalence at \(effect), \(texts) texts: \(found), theory \(expected)")
    // The bound in the metric's units is itself an estimate, which the theory takes as known.
    #expect(abs(found - expected) <= 0.03)
  }

  @Test func `an effect at the bound is seldom called equivalent`() throws {
    let rows = try compare([(80, 0.5, 1), (80, 0, 1)], seed: 15, bound: 0.5).flatMap(\.blocks)
    let found = share(rows) { $0.pTOST < 0.05 }
    print("equivalence at the bound: \(found)")
    #expect(found <= 0.065)
  }

  @Test func `as many texts as are said to be needed reach the power, one fewer does not`() throws {
    for effect in [0.25, 0.5, 1.1, 3] {
      let texts = try #require(Power.textsForDifference(effect: effect, alpha: 0.05))
      #expect(Power.twoSided(effect: -effect, texts: texts, alpha: 0.05) >= 0.8)
      #expect(texts == 2 || Power.twoSided(effect: effect, texts: texts - 1, alpha: 0.05) < 0.8)
    }
    for effect in [0, 0.02, -0.05] {
      let texts = try #require(Power.textsForEquivalence(below: 0.2 - effect, above: 0.2 + effect, alpha: 0.05))
      #expect(Power.equivalence(effect: effect, bound: 0.2, texts: texts, alpha: 0.05) >= 0.8)
      #expect(Power.equivalence(effect: effect, bound: 0.2, texts: texts - 1, alpha: 0.05) < 0.8)
    }
    #expect(Power.textsForDifference(effect: 0.19, alpha: 0.05) == 436)
    #expect(Power.textsForEquivalence(below: 0, above: 0.4, alpha: 0.05) == nil)
    for effect in [1e-5, 0, .nan, .infinity] { #expect(Power.textsForDifference(effect: effect, alpha: 0.05) == nil) }
    #expect(Power.textsForDifference(effect: 50, alpha: 0.05) == 2)
  }
}

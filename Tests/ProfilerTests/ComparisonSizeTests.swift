import Foundation
import Profiler
import Statistics
import Testing

/// Bounds in percent, lengths and the order of runs in whole comparisons, and what they promise in simulations.
@Suite struct ComparisonSizeTests {
  private func settings(_ bound: EquivalenceBound = .deviations(0.2)) -> ComparisonSettings {
    var settings = ComparisonSettings()
    (settings.permutations, settings.resamples, settings.threads) = (99, 100, 2)
    settings.equivalenceBound = bound
    return settings
  }

  /// Values of texts of the given lengths: a power of the length, times a factor of each block, with scatter.
  private func sample(
    _ name: String, _ lengths: [Int], power: Double, factors: [Double], _ samples: inout NormalSamples
  ) -> DomainSample {
    let values = lengths.map { length in
      factors.map { $0 * pow(Double(length), power) * exp(0.05 * samples.next()) }
    }
    return DomainSample(name: name, values: values, lengths: lengths)
  }

  @Test func `differences that are of length fade or turn round, others hold`() throws {
    var samples = NormalSamples(seed: 31)
    let a = sample("a", (0..<60).map { 40 + 2 * ($0 % 30) }, power: 0.5, factors: [1, 1, 1.5], &samples)
    let b = sample("b", (0..<60).map { 70 + 2 * ($0 % 30) }, power: 0.5, factors: [1, 0.92, 1], &samples)
    let rows = try DomainComparison.compare(
      [a, b], metric: .absMean, scope: .all, layers: 0..<3, settings: settings()
    ).blocks
    #expect(rows.map(\.verdict) == [.different, .different, .different])
    #expect(rows.map(\.lengthCheck) == [.fades, .reverses, .holds])
    // The same without lengths.
    let bare = [a, b].map { DomainSample(name: $0.name, values: $0.values) }
    let unchecked = try DomainComparison.compare(
      bare, metric: .absMean, scope: .all, layers: 0..<3, settings: settings()
    ).blocks
    #expect(unchecked.allSatisfy { $0.lengthCheck == nil })
    #expect(unchecked.map(\.q) == rows.map(\.q))
  }

  @Test func `pairs without common lengths have no verdict, no p, and no place in the correction`() throws {
    var samples = NormalSamples(seed: 32)
    let lengths = (0..<20).map { 40 + $0 }
    let a = sample("a", lengths, power: 0, factors: [1, 1], &samples)
    let b = sample("b", lengths, power: 0, factors: [1, 1.2], &samples)
    let far = sample("far", lengths.map { 10 * $0 }, power: 0, factors: [2, 2], &samples)
    let found = try DomainComparison.compare(
      [a, b, far], metric: .absMean, scope: .all, layers: 0..<2, settings: settings())
    for row in found.pairs[1].blocks + found.pairs[2].blocks {
      #expect(row.verdict == .lengthsApart)
      #expect(!row.verdict.isTested)
      #expect(row.lengthCheck == nil)
      for p in [row.p, row.q, row.pPermutation, row.pMaxT, row.pTOST] { #expect(p.isNaN) }
      #expect(row.hedgesG.isFinite)
      #expect(row.ratio.isFinite)
    }
    let alone = try DomainComparison.compare(
      [a, b], metric: .absMean, scope: .all, layers: 0..<2, settings: settings())
    #expect(found.pairs[0].blocks.map(\.q) == alone.blocks.map(\.q))
    // Texts that are paired have the same lengths, whatever these are.
    let input = MetricSamples(metric: .absMean, scope: .all, domains: [a, far], isPaired: true)
    let paired = try DomainComparison.compare([input], layers: 0..<2, settings: settings())[0].blocks
    #expect(paired.allSatisfy { $0.verdict == .different && $0.lengthCheck == nil })
  }

  @Test func `domains with the same groups have no verdict where lengths hardly overlap, and no length check`()
    throws
  {
    var samples = NormalSamples(seed: 38)
    let groups = (0..<40).map { $0 / 2 }
    for (factor, isApart) in [(1, false), (10, true)] {
      let domains = ["a", "b"].map { name in
        let lengths = (0..<40).map { (40 + $0) * (name == "b" ? factor : 1) }
        let sample = sample(name, lengths, power: 0, factors: [1], &samples)
        return DomainSample(name: name, values: sample.values, groups: groups, lengths: lengths)
      }
      let row = try #require(
        DomainComparison.compare(domains, metric: .absMean, scope: .all, layers: 0..<1, settings: settings()).blocks
          .first)
      #expect(row.isPaired && row.groupsA == 20 && row.groupsB == 20)
      #expect((row.verdict == .lengthsApart) == isApart)
      #expect(row.p.isNaN == isApart)
      #expect(row.lengthCheck == nil)
    }
  }

  @Test func `groups that one side lacks are left out of domains that are to be matched`() throws {
    var samples = NormalSamples(seed: 39)
    let domains = ["a", "b"].map { name in
      let sample = samples.sample(name, texts: 12, blocks: 2, mean: 3)
      return DomainSample(name: name, values: sample.values, groups: (0..<12).map { $0 + (name == "b" ? 2 : 0) })
    }
    let pair = DomainPair(0, 1)
    func rows(_ matched: [DomainPair]?) throws -> [BlockComparison] {
      let input = MetricSamples(metric: .absMean, scope: .all, domains: domains, matched: matched)
      return try DomainComparison.compare([input], layers: 0..<2, settings: settings())[0].blocks
    }
    #expect(try rows([pair]).allSatisfy { $0.isPaired && $0.groupsA == 10 && $0.countB == 10 && $0.p.isFinite })
    #expect(try rows(nil).allSatisfy { !$0.isPaired && $0.groupsA == 2 && $0.verdict == .tooFewGroups })
  }

  @Test func `two measurements that differ by a hundredth are equivalent within five percent, though g is large`()
    throws
  {
    var samples = NormalSamples(seed: 33)
    let values = (0..<40).map { _ in [1 + 0.001 * samples.next(), 2 + 0.4 * samples.next()] }
    let others = values.map { [$0[0] * 1.01, $0[1] * 1.06] }
    let domains = zip(["a", "b"], [values, others]).map { DomainSample(name: $0, values: $1) }
    for isPaired in [false, true] {
      let input = MetricSamples(metric: .absMean, scope: .all, domains: domains, isPaired: isPaired)
      func verdicts(_ bound: EquivalenceBound) throws -> [Verdict] {
        try DomainComparison.compare([input], layers: 0..<2, settings: settings(bound))[0].blocks.map(\.verdict)
      }
      #expect(try verdicts(.percent(5))[0] == .negligible)
      #expect(try verdicts(.deviations(0.2))[0] == .different)
      #expect(try (verdicts(.percent(5))[1] == .different) == isPaired)
    }
    // A percentage of a metric that may be negative is not defined.
    let signed = MetricSamples(metric: .mean, scope: .all, domains: domains)
    let rows = try DomainComparison.compare([signed], layers: 0..<2, settings: settings(.percent(5)))[0].blocks
    #expect(rows.allSatisfy { $0.pTOST.isNaN && $0.ratio.isNaN })
    #expect(rows[0].verdict == .different)
  }

  @Test(arguments: [false, true])
  func `at the bound in percent, equivalence is found in at most five of a hundred cases`(isPaired: Bool) throws {
    let (families, blocks, texts) = (800, 5, 30)
    var samples = NormalSamples(seed: 34)
    let inputs = (0..<families).map { _ in
      let a = (0..<texts).map { _ in (0..<blocks).map { _ in 2.1 + 0.2 * samples.next() } }
      let b = a.map { row in row.map { (isPaired ? $0 / 1.05 : 2 + 0.2 * samples.next()) + 0.05 * samples.next() } }
      return MetricSamples(
        metric: .absMean, scope: .all,
        domains: [DomainSample(name: "a", values: a), DomainSample(name: "b", values: b)], isPaired: isPaired)
    }
    var settings = settings(.percent(5))
    (settings.permutations, settings.resamples) = (1, 10)
    let rows = try DomainComparison.compare(inputs, layers: 0..<blocks, settings: settings).flatMap(\.blocks)
    #expect(rows.count == 4_000)
    let share = Double(rows.count { $0.pTOST < 0.05 }) / Double(rows.count)
    print("equivalence at the bound in percent, paired \(isPaired): \(share)")
    // Three standard errors of 4,000 cases are 0.0103.
    #expect(share <= 0.0604)
    #expect(share >= 0.03)
  }

  @Test(arguments: [(0.0, 20), (0.4, 20), (0.7, 20), (0.5, 40)])
  func `paired tests have the power of the noncentral t`(effect: Double, pairs: Int) throws {
    let (families, blocks) = (800, 5)
    var samples = NormalSamples(seed: 35)
    let inputs = (0..<families).map { _ in
      let a = samples.sample("a", texts: pairs, blocks: blocks, mean: 5, deviation: 3).values
      let b = a.map { row in row.map { $0 - effect + samples.next() } }
      return MetricSamples(
        metric: .absMean, scope: .all,
        domains: [DomainSample(name: "a", values: a), DomainSample(name: "b", values: b)], isPaired: true)
    }
    var settings = settings()
    settings.permutations = 499
    let rows = try DomainComparison.compare(inputs, layers: 0..<blocks, settings: settings).flatMap(\.blocks)
    let expected = Power.twoSided(effect: effect, texts: pairs, alpha: 0.05, .paired)
    func share(_ holds: (BlockComparison) -> Bool) -> Double { Double(rows.count(where: holds)) / Double(rows.count) }
    let (p, permuted) = (share { $0.p < 0.05 }, share { $0.pPermutation <= 0.05 })
    print("paired power at \(effect), \(pairs) pairs: \(p), permutation \(permuted), theory \(expected)")
    // Three standard errors of 4,000 cases are at most 0.024, and 0.0103 at 0.05.
    let tolerance = effect == 0 ? 0.0104 : 0.024
    #expect(abs(p - expected) <= tolerance)
    #expect(abs(permuted - expected) <= tolerance + 0.01)
  }

  @Test func `a plan says what the power of the test says, in percent and in standard deviations`() throws {
    var samples = NormalSamples(seed: 36)
    let domains = ["a", "b"].map { samples.sample($0, texts: 50, blocks: 2, mean: 10, deviation: 0.5) }
    let input = MetricSamples(metric: .absMean, scope: .all, domains: domains)
    let plan = try ComparisonPlan(input, layers: 3..<5, sizes: [.percent(2), .deviations(0.4)], settings: settings())
    #expect(plan.blocks.map(\.layer) == [3, 4])
    for block in plan.blocks {
      #expect(abs(block.mean - 10) < 0.3)
      #expect(abs(block.deviation - 0.5) < 0.1)
      // 2 % of 10 are about 0.4 standard deviations.
      for (texts, effect) in zip(block.texts, [0.02 * block.mean / block.deviation, 0.4]) {
        let texts = try #require(texts)
        #expect(Power.twoSided(effect: effect, texts: texts, alpha: 0.05) >= 0.8)
        #expect(Power.twoSided(effect: effect, texts: texts - 1, alpha: 0.05) < 0.8)
      }
    }
    // Of pairs it is the scatter of their differences that counts.
    let near = domains[0].values.map { row in row.map { $0 + 0.05 * samples.next() } }
    let pairs = MetricSamples(
      metric: .absMean, scope: .all, domains: [domains[0], DomainSample(name: "b", values: near)], isPaired: true)
    let paired = try ComparisonPlan(pairs, layers: 3..<5, sizes: [.percent(2)], settings: settings())
    #expect(paired.isPaired)
    for (few, many) in zip(paired.blocks, plan.blocks) {
      #expect(try #require(few.texts[0]) < #require(many.texts[0]) / 10)
    }
  }

  @Test func `a change along the order is found where there is one`() throws {
    var samples = NormalSamples(seed: 37)
    let base = samples.sample("a", texts: 25, blocks: 2, mean: 10, deviation: 2).values
    let runs = (0..<4).map { step in
      [
        DomainSample(
          name: "a",
          values: base.map { [$0[0] + 0.1 * samples.next(), $0[1] + 0.2 * Double(step) + 0.1 * samples.next()] })
      ]
    }
    let found = try OrderedTrend.all(runs, metric: .absMean, scope: .all, layers: 0..<2)
    #expect(found.map(\.layer) == [0, 1])
    #expect(found[0].q > 0.001)
    #expect(found[1].q < 1e-6)
    #expect(abs(found[1].slope - 0.2) < 0.04)
    #expect(found[1].low < found[1].slope && found[1].slope < found[1].high)
    #expect(abs(found[1].relative - 0.02) < 0.003)
    #expect(found.allSatisfy { $0.texts == 25 && $0.runs == 4 && $0.degreesOfFreedom == 24 })
    // A group has the slope of its mean.
    let groups = (0..<25).map { $0 / 3 }
    let grouped = try OrderedTrend.all(
      runs.map { [DomainSample(name: "a", values: $0[0].values, groups: groups)] }, metric: .absMean, scope: .all,
      layers: 0..<2)
    let means = try OrderedTrend.all(
      runs.map { run in
        [DomainSample(name: "a", values: DomainSample(name: "a", values: run[0].values, groups: groups).unitValues)]
      }, metric: .absMean, scope: .all, layers: 0..<2)
    for (own, mean) in zip(grouped, means) {
      #expect(own.texts == 25 && own.groups == 9 && own.degreesOfFreedom == 8 && mean.texts == 9)
      #expect(own.slope == mean.slope && own.p == mean.p && own.relative == mean.relative)
    }
    let few = runs.map { [DomainSample(name: "a", values: Array($0[0].values.prefix(5)))] }
    #expect(try OrderedTrend.all(few, metric: .absMean, scope: .all, layers: 0..<2).allSatisfy { $0.p.isNaN })
    #expect(throws: ComparisonError.self) {
      try OrderedTrend.all([runs[0], few[1]], metric: .absMean, scope: .all, layers: 0..<2)
    }
  }
}

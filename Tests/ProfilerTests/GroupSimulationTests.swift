import Foundations
import Profiler
import Statistics
import Testing

/// What tests of groups promise, kept on thousands of simulated pairs of domains without a difference.
@Suite struct GroupSimulationTests {
  /// Pairs of domains, each of which is one family of blocks.
  private static let draws = 4_000, blocks = 2

  struct Case: Sendable, CustomTestStringConvertible {
    /// Groups of both domains.
    let groups: [Int]
    /// Share of the variance of a text's value that its group has.
    let correlation: Double
    var testDescription: String { "\(groups[0]) and \(groups[1]) groups, intraclass correlation \(correlation)" }
  }

  static let cases = [
    Case(groups: [8, 8], correlation: 0.4), Case(groups: [8, 20], correlation: 0.1),
    Case(groups: [16, 16], correlation: 0.25), Case(groups: [64, 40], correlation: 0.4),
    Case(groups: [64, 64], correlation: 0.1),
  ]

  /// Groups of 1 to 8 texts, the same in every draw.
  private static func groups(_ count: Int, from first: Int) -> [Int] {
    (0..<count).flatMap { Array(repeating: first + $0, count: 1 + 5 * $0 % 8) }
  }

  private func compare(_ found: Case, byGroup: Bool) throws -> [DomainComparison] {
    var normal = NormalSamples(seed: 16)
    let (own, common) = ((1 - found.correlation).squareRoot(), found.correlation.squareRoot())
    let places = [Self.groups(found.groups[0], from: 0), Self.groups(found.groups[1], from: 1_000)]
    let inputs = (0..<Self.draws).map { _ in
      let domains = places.enumerated().map { domain, groups in
        var shared: [Int: [Double]] = [:]
        let values = groups.map { group -> [Double] in
          let ofGroup = shared[group] ?? (0..<Self.blocks).map { _ in common * normal.next() }
          shared[group] = ofGroup
          return ofGroup.map { $0 + own * normal.next() }
        }
        return DomainSample(name: "\(domain)", values: values, groups: byGroup ? groups : [])
      }
      return MetricSamples(metric: .absMean, scope: .all, domains: domains)
    }
    var settings = ComparisonSettings()
    // What is not looked at need not be computed well.
    settings.permutations = byGroup ? 199 : 1
    settings.resamples = byGroup ? 60 : 40
    settings.threads = 2
    return try DomainComparison.compare(inputs, layers: 0..<Self.blocks, settings: settings)
  }

  private func share<Item>(_ items: [Item], _ holds: (Item) -> Bool) -> Double {
    Double(items.count(where: holds)) / Double(items.count)
  }

  @Test(arguments: cases)
  func `tests of groups err in five of a hundred cases, and tests of their texts more often`(found: Case) throws {
    let grouped = try compare(found, byGroup: true)
    let rows = grouped.flatMap(\.blocks)
    #expect(rows.allSatisfy { [$0.groupsA, $0.groupsB] == found.groups && $0.countA > $0.groupsA })
    let raw = share(rows) { $0.p < 0.05 }
    let permuted = share(rows) { $0.pPermutation <= 0.05 }
    let different = share(grouped) { $0.blocks.contains { $0.verdict == .different } }
    // A control takes ten groups a domain.
    let controls = grouped.map(\.control).filter { $0.comparisons > 0 }
    #expect(controls.isEmpty == (found.groups.max() ?? 0 < 10))
    let texts = try compare(found, byGroup: false)
    let rawOfTexts = share(texts.flatMap(\.blocks)) { $0.p < 0.05 }
    let differentTexts = share(texts) { $0.blocks.contains { $0.verdict == .different } }
    print(
      "\(found): groups p \(raw), permutation \(permuted), any different \(different); texts p \(rawOfTexts), "
        + "any different \(differentTexts)")
    #expect(abs(raw - 0.05) <= 0.01)
    // A deal of few groups is one of few: p has steps.
    #expect(abs(permuted - 0.05) <= 0.01)
    #expect(different <= 0.06)
    for control in controls.isEmpty ? [] : [controls.reduce(0) { $0 + $1.rawShare } / Double(controls.count)] {
      #expect(abs(control - 0.05) <= 0.01)
    }
    // Three standard errors above alpha at least, with the weakest dependence of the cases.
    #expect(rawOfTexts > 0.065)
    #expect(differentTexts > different)
  }
}

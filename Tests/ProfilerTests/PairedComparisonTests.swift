import Foundation
import Foundations
import Profiler
import Statistics
import Testing

/// Comparisons of texts that were measured twice, against scipy and statsmodels with the same draws.
@Suite struct PairedComparisonTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let json: JSONValue
    var testDescription: String { json["name"]?.string ?? "?" }

    static func load() throws -> [Case] { try #require(StatisticsFixtures.json("paired.json").array).map(Case.init) }

    func compare() throws -> DomainComparison {
      var domains: [DomainSample] = []
      for (index, pair) in try #require(json["pairs"]?.array).enumerated() {
        for (side, rows) in zip(["A", "B"], try #require(pair.array)) {
          let values = try #require(rows.array).map { try #require($0.array).compactMap(\.double) }
          domains.append(DomainSample(name: "\(index) \(side)", values: values))
        }
      }
      let pairs = (0..<domains.count / 2).map { DomainPair(2 * $0, 2 * $0 + 1) }
      let input = MetricSamples(metric: .absMean, scope: .all, domains: domains, pairs: pairs, isPaired: true)
      let blocks = try #require(domains.first?.values.first).count
      return try DomainComparison.compare([input], layers: 2..<2 + blocks, settings: ComparisonCase.settings(json))[0]
    }
  }

  @Test(arguments: try Case.load())
  func `every number of paired texts agrees`(expected: Case) throws {
    let found = try expected.compare()
    let rows = try #require(expected.json["blocks"]?.array)
    #expect(found.blocks.count == rows.count)
    #expect(found.isPaired)
    #expect(found.omnibus.isEmpty)
    for (row, json) in zip(found.blocks, rows) {
      let pair = try #require(json["pair"]?.integer)
      #expect([row.domainA, row.domainB] == ["\(pair) A", "\(pair) B"])
      #expect(row.isPaired)
      #expect(row.layer.map { $0 - 2 } == json["block"]?.integer)
      try expectRow(row, json)
    }
    let clusters = try #require(expected.json["bands"]?.array)
    #expect(found.clusters.count == clusters.count)
    for (cluster, json) in zip(found.clusters, clusters) {
      #expect(cluster.domainA == "\(try #require(json["pair"]?.integer)) A")
      #expect(cluster.layers.lowerBound - 2 == json["first"]?.integer)
      #expect(cluster.layers.upperBound - 2 == json["last"]?.integer)
      try expectNumber(cluster.mass, json["mass"], "mass of \(cluster.layers)")
      try expectNumber(cluster.p, json["p"], "p of \(cluster.layers)")
    }
    let control = try #require(expected.json["control"])
    #expect(found.control.comparisons == control["comparisons"]?.integer)
    try expectNumber(found.control.rawShare, control["rawShare"], "raw share")
    try expectNumber(found.control.differentShare, control["differentShare"], "share called different")
  }

  @Test func `the cases hold every verdict, clusters of two blocks and ratios without an upper end`() throws {
    let cases = try Case.load().map { try $0.compare() }
    #expect(Set(cases.flatMap { $0.blocks.map(\.verdict) }) == Set(Verdict.allCases).subtracting([.lengthsApart]))
    #expect(cases.contains { $0.clusters.contains { $0.layers.count > 1 } })
    #expect(cases.contains { $0.blocks.contains { $0.ratioHigh == .infinity } })
  }

  @Test func `what texts have in common hides no difference, and no likeness`() throws {
    // Texts differ among themselves a hundred times as much as their two measurements do.
    var samples = NormalSamples(seed: 9)
    let first = samples.sample("a", texts: 60, blocks: 2, mean: 50, deviation: 10).values
    let second = first.map { [$0[0] + 0.1 * samples.next(), $0[1] + 5 + 0.1 * samples.next()] }
    let domains = [DomainSample(name: "a", values: first), DomainSample(name: "b", values: second)]
    func verdicts(isPaired: Bool) throws -> [Verdict] {
      let input = MetricSamples(metric: .absMean, scope: .all, domains: domains, isPaired: isPaired)
      return try DomainComparison.compare([input], layers: 0..<2)[0].blocks.map(\.verdict)
    }
    #expect(try verdicts(isPaired: true) == [.equivalent, .different])
    #expect(try verdicts(isPaired: false)[0] == .inconclusive)
  }

  @Test func `without a difference every test errs in five of a hundred cases`() throws {
    let (families, blocks) = (1_000, 5)
    var samples = NormalSamples(seed: 21)
    let inputs = (0..<families).map { _ in
      let a = samples.sample("a", texts: 20, blocks: blocks).values
      // Twice as much scatter, and what is one text's is in both.
      let b = a.map { row in row.map { 0.8 * $0 + 1.5 * samples.next() } }
      return MetricSamples(
        metric: .absMean, scope: .all,
        domains: [DomainSample(name: "a", values: a), DomainSample(name: "b", values: b)], isPaired: true)
    }
    var settings = ComparisonSettings()
    (settings.permutations, settings.resamples, settings.threads) = (499, 100, 2)
    let found = try DomainComparison.compare(inputs, layers: 0..<blocks, settings: settings)
    let rows = found.flatMap(\.blocks)
    func share<Item>(_ items: [Item], _ holds: (Item) -> Bool) -> Double {
      Double(items.count(where: holds)) / Double(items.count)
    }
    let (raw, permuted) = (share(rows) { $0.p < 0.05 }, share(rows) { $0.pPermutation <= 0.05 })
    let family = share(found) { $0.blocks.contains { $0.pMaxT <= 0.05 } }
    let control = found.reduce(0) { $0 + $1.control.rawShare } / Double(families)
    print("paired error rates: p \(raw), permutation \(permuted), maximum \(family), control \(control)")
    #expect(abs(raw - 0.05) <= 0.01)
    #expect(abs(permuted - 0.05) <= 0.01)
    #expect(abs(family - 0.05) <= 0.02)
    #expect(abs(control - 0.05) <= 0.01)
  }

  @Test func `numbers of texts that do not match are a typed error of one line`() {
    let domains = [DomainSample(name: "a", values: [[1], [2]]), DomainSample(name: "b", values: [[1]])]
    let input = MetricSamples(metric: .absMean, scope: .all, domains: domains, isPaired: true)
    #expect(throws: ComparisonError.unpaired(metric: .absMean, scope: .all, expected: 2, found: 1)) {
      try DomainComparison.compare([input], layers: 0..<1)
    }
  }
}

import Foundations
import Profiler
import Statistics
import Testing

/// Whole comparisons against scipy and statsmodels, with the same draws.
@Suite struct StatisticsComparisonTests {
  @Test(arguments: try ComparisonCase.load())
  func `every number of every pair and block agrees`(expected: ComparisonCase) throws {
    let found = try expected.compare()
    let rows = try #require(expected.json["blocks"]?.array)
    #expect(found.blocks.count == rows.count)
    for (row, json) in zip(found.blocks, rows) {
      let pair = try #require(json["pair"]?.array).compactMap(\.integer)
      #expect([row.domainA, row.domainB] == pair.map { "domain \($0)" })
      #expect(row.layer.map { $0 - 3 } == json["block"]?.integer)
      // Domains with the same groups are.
      #expect(row.isPaired == (json["isPaired"] == .boolean(true)))
      #expect(row.scope == .all)
      try expectRow(row, json)
    }
  }

  @Test(arguments: try ComparisonCase.load())
  func `clusters, omnibus tests and the negative control agree`(expected: ComparisonCase) throws {
    let found = try expected.compare()
    let clusters = try #require(expected.json["bands"]?.array)
    #expect(found.clusters.count == clusters.count)
    for (cluster, json) in zip(found.clusters, clusters) {
      let pair = try #require(json["pair"]?.array).compactMap(\.integer)
      #expect([cluster.domainA, cluster.domainB] == pair.map { "domain \($0)" })
      #expect(cluster.layers.lowerBound - 3 == json["first"]?.integer)
      #expect(cluster.layers.upperBound - 3 == json["last"]?.integer)
      try expectNumber(cluster.mass, json["mass"], "mass of \(cluster.layers)")
      try expectNumber(cluster.p, json["p"], "p of \(cluster.layers)")
    }
    let tests = try #require(expected.json["omnibus"]?.array)
    #expect(found.omnibus.map(\.layer) == (3..<3 + tests.count).map { $0 })
    for (test, json) in zip(found.omnibus, tests) {
      let place = "block \(test.layer ?? -1)"
      try expectNumber(test.f, json["f"], "F of \(place)")
      try expectNumber(test.p, json["p"], "p of F of \(place)")
      try expectNumber(test.pPermutation, json["pPermutation"], "permutation p of F of \(place)")
    }
    let control = try #require(expected.json["control"])
    #expect(found.control.comparisons == control["comparisons"]?.integer)
    try expectNumber(found.control.rawShare, control["rawShare"], "raw share")
    try expectNumber(found.control.differentShare, control["differentShare"], "share called different")
  }

  @Test func `the cases hold every verdict, clusters of two blocks and splits called different`() throws {
    let cases = try ComparisonCase.load().map { try $0.compare() }
    // Texts that are not paired cannot be identical, and of these no length is known.
    let expected = Set(Verdict.allCases).subtracting([.identical, .lengthsApart])
    #expect(Set(cases.flatMap { $0.blocks.map(\.verdict) }) == expected)
    #expect(cases.contains { $0.blocks.contains { $0.ratioHigh == .infinity && $0.ratioLow > 0 } })
    #expect(cases.contains { $0.clusters.contains { $0.layers.count > 1 } && $0.clusters.contains { $0.mass < 0 } })
    #expect(cases.contains { $0.control.differentShare > 0 })
    #expect(cases.contains { $0.blocks.contains { $0.textsNeeded != nil } })
  }

  @Test func `the number of threads changes nothing, nor do other metrics or pairs beside`() throws {
    var samples = NormalSamples(seed: 5)
    let inputs = [Metric.absMean, .blockInfluence, .relativeNorm].enumerated().map { index, metric in
      let domains = ["a", "b", "c"].map { name in
        // The last metric has other numbers of texts, and so draws of its own.
        samples.sample(name, texts: index == 2 && name == "b" ? 9 : 14, blocks: 5, mean: name == "c" ? 0.8 : 0)
      }
      return MetricSamples(metric: metric, scope: .all, domains: domains)
    }
    var settings = ComparisonSettings()
    settings.permutations = 700
    settings.resamples = 100
    let together = try DomainComparison.compare(inputs, layers: 0..<5, settings: settings)
    settings.threads = 5
    for (input, expected) in zip(inputs, together) {
      let alone = try DomainComparison.compare(
        input.domains, metric: input.metric, scope: .all, layers: 0..<5, settings: settings)
      #expect(alone.blocks.map(Numbers.init) == expected.blocks.map(Numbers.init))
      #expect(alone.clusters.map(\.p) == expected.clusters.map(\.p))
      #expect(alone.clusters.map(\.mass) == expected.clusters.map(\.mass))
      #expect(alone.omnibus.map(\.pPermutation) == expected.omnibus.map(\.pPermutation))
      #expect(alone.control.rawShare == expected.control.rawShare)
      #expect(alone.control.differentShare == expected.control.differentShare)
    }
    // A pair by itself: all but the q-value, which is over all pairs, and the verdict.
    let first = inputs[0]
    let pair = MetricSamples(metric: .absMean, scope: .all, domains: first.domains, pairs: [DomainPair(1, 2)])
    let found = try DomainComparison.compare([pair], layers: 0..<5, settings: settings)[0].blocks
    let expected = together[0].blocks.filter { $0.domainA == "b" }
    #expect(found.map { Numbers($0, q: false) } == expected.map { Numbers($0, q: false) })
    settings.seed = 1
    let other = try DomainComparison.compare(inputs, layers: 0..<5, settings: settings)
    #expect(other[0].blocks.map(\.pPermutation) != together[0].blocks.map(\.pPermutation))
    #expect(other[0].blocks.map(\.gLow) != together[0].blocks.map(\.gLow))
  }

  /// The bits of a row.
  private struct Numbers: Equatable {
    let bits: [UInt64]

    init(_ row: BlockComparison) { self.init(row, q: true) }

    init(_ row: BlockComparison, q: Bool) {
      let values = [
        row.difference, row.hedgesG, row.gLow, row.gHigh, row.t, row.degreesOfFreedom, row.p, row.pPermutation,
        row.pMaxT, row.pTOST,
      ]
      bits = (values + (q ? [row.q] : [])).map(\.bitPattern)
    }
  }

  @Test func `progress rises from 0 to 1`() throws {
    var samples = NormalSamples(seed: 1)
    let domains = ["a", "b", "c"].map { samples.sample($0, texts: 5, blocks: 2) }
    var settings = ComparisonSettings()
    settings.permutations = 20
    var shares: [Double] = []
    _ = try DomainComparison.compare(domains, metric: .mean, scope: .all, layers: 0..<2, settings: settings) {
      shares.append($0)
    }
    #expect(shares == shares.sorted())
    #expect(shares.first == 0)
    #expect(shares.last == 1)
    #expect(shares.count >= 5)
  }

  @Test func `Benjamini and Hochberg leave out what is no test`() {
    let q = BenjaminiHochberg.adjust([0.04, .nan, 0.01, 0.03, 0.9])
    // By hand, 4 tests: 0.01·4/1, 0.04 from 0.03·4/2 = 0.06 and 0.04·4/3 = 0.0533…, 0.9.
    let expected = [0.04 * 4 / 3, .nan, 0.04, 0.04 * 4 / 3, 0.9]
    #expect(q[1].isNaN)
    for index in [0, 2, 3, 4] { #expect(abs(q[index] - expected[index]) < 1e-15) }
    #expect(BenjaminiHochberg.adjust([]).isEmpty)
    #expect(BenjaminiHochberg.adjust([.nan])[0].isNaN)
  }
}

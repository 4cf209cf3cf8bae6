import Foundations
import LlamaCore
import Profiler
import Statistics
import Testing

/// Domains against one another, and metrics against the damage.
@Suite struct AblationComparisonTests {
  @Test func `differences between domains agree with scipy and statsmodels`() throws {
    let fixture = try AblationFixture()
    let (domains, units) = (try fixture.domains(), try fixture.units())
    let comparison = DomainRemovalComparison(domains, settings: try fixture.settings("ablation"))
    let expected = try fixture.rows("ablation", "comparison")
    #expect(comparison.rows.count == expected.count)
    #expect(expected.count == 60)
    var different = 0
    for (row, json) in zip(comparison.rows, expected) {
      let place = "\(row.unit), \(row.domainA), \(row.domainB)"
      #expect(row.unit == units[try #require(json["unit"]?.integer)], "\(place)")
      #expect([row.pair.a, row.pair.b] == json["pair"]?.array?.compactMap(\.integer), "\(place)")
      #expect(row.domainA == domains[row.pair.a].name)
      #expect(row.domainB == domains[row.pair.b].name)
      try expectNumber(row.difference, json["difference"], "\(place): difference")
      try expectNumber(row.p, json["p"], "\(place): p")
      try expectNumber(row.q, json["q"], "\(place): q")
      try expectInterval(row.interval, json["interval"], place)
      if row.isDifferent { different += 1 }
    }
    // Planted: a block, an attention and a head; few texts, and a block without effect, have no test.
    #expect(different == 3)
    #expect(comparison.tested.count == 9)
    let sizes = comparison.different.map { abs($0.difference) }
    #expect(sizes.count == 3 && sizes == sizes.sorted(by: >))
    #expect(comparison.different.allSatisfy { $0.isDifferent })
  }

  @Test func `one domain has nothing to be compared with`() {
    #expect(DomainRemovalComparison([madeUpAblation([[1]])]).rows.isEmpty)
    #expect(DomainRemovalComparison([]).rows.isEmpty)
  }

  @Test(arguments: [1, 2]) func `metrics against the damage agree with scipy`(threads: Int) throws {
    let fixture = try AblationFixture()
    var settings = try fixture.settings("proxies")
    settings.threads = threads
    let inputs = try fixture.rows("proxies", "inputs").map { input in
      ProxyRanking.Input(
        scope: try #require(input["scope"]?.string.flatMap(Scope.init)),
        metric: try #require(input["metric"]?.string.flatMap(Metric.init)),
        values: try AblationFixture.table(input["values"]))
    }
    let ranking = ProxyRanking(
      domain: "a", deltaNLL: try AblationFixture.table(fixture.json["proxies"]?["deltaNLL"]), inputs,
      settings: settings)
    let expected = try fixture.rows("proxies", "rows")
    #expect(ranking.rows.count == 4)
    #expect(ranking.rows.map(\.metric) == inputs.map(\.metric))
    for (row, json) in zip(ranking.rows, expected) {
      let place = "\(row.metric), \(row.scope)"
      #expect(row.texts == json["texts"]?.integer, "\(place)")
      #expect(row.nonFiniteTexts == 0)
      try expectNumber(row.spearman, json["spearman"], "\(place): rho")
      try expectNumber(row.kendall, json["kendall"], "\(place): tau")
      try expectNumber(row.recall ?? .nan, json["recall"], "\(place): recall")
      try expectInterval(row.interval, json["interval"], place)
    }
  }

  @Test func `a metric that names the damage is told from one that hides it`() {
    let damage: [[Double]?] = (0..<6).map { text in (0..<8).map { Double($0) + 0.1 * Double(text) } }
    let reverse = damage.map { row in row?.map { -$0 } }
    let ranking = ProxyRanking(
      domain: "a", deltaNLL: damage,
      [
        ProxyRanking.Input(scope: .all, metric: .relativeNorm, values: damage),
        ProxyRanking.Input(scope: .withoutSinks, metric: .blockInfluence, values: reverse),
        ProxyRanking.Input(scope: .all, metric: .cosine, values: damage),
      ])
    #expect(ranking.rows.map(\.spearman) == [1, -1, 1])
    #expect(ranking.rows.map(\.kendall) == [1, -1, 1])
    #expect(ranking.rows.map(\.interval) == [1...1, -1 ... -1, 1...1])
    #expect(ranking.rows.map(\.recall) == [1, 0, nil])
  }

  @Test func `texts without finite values are left out and counted, and no text says nothing`() {
    let damage: [[Double]?] = [[1, 2, 3], [1, 2, .infinity], nil, [1, 2, 4]]
    let values: [[Double]?] = [[1, 2, 3], [3, 2, 1], [3, 2, 1], [1, .nan, 4]]
    let metric = Metric.blockInfluence
    let ranking = ProxyRanking(
      domain: "a", deltaNLL: damage, [ProxyRanking.Input(scope: .all, metric: metric, values: values)])
    #expect(ranking.rows.map(\.texts) == [1])
    #expect(ranking.rows.map(\.nonFiniteTexts) == [2])
    #expect(ranking.rows.map(\.spearman) == [1])
    #expect(ranking.rows.map(\.recall) == [1])
    #expect(ranking.rows[0].interval == nil)
    let none = ProxyRanking(
      domain: "a", deltaNLL: [nil], [ProxyRanking.Input(scope: .all, metric: metric, values: [[1, 2, 3]])])
    #expect(none.rows[0].spearman.isNaN)
    #expect(none.rows[0].recall == nil)
    #expect(none.rows[0].texts == 0)
  }

  @Test func `the damage of a part is that of its units in their order`() {
    let units = [BlockUnit(.block, 0), BlockUnit(.attention, 0), BlockUnit(.block, 1)]
    let domain = madeUpAblation(units: units, [[1, 2, 4], [nil, nil, nil]])
    #expect(domain.deltaNLL(of: .block) == [[1, 4], nil])
    #expect(domain.deltaNLL(of: .attention) == [[2], nil])
  }
}

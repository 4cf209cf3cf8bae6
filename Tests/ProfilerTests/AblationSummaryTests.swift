import Foundations
import LlamaCore
import Profiler
import Statistics
import Testing

@Suite struct AblationSummaryTests {
  @Test func `every number of a domain agrees with scipy and statsmodels`() throws {
    let fixture = try AblationFixture()
    let settings = try fixture.settings("ablation")
    let expected = try fixture.rows("ablation", "summaries")
    for (domain, json) in zip(try fixture.domains(), expected) {
      let summary = AblationSummary(domain, settings: settings)
      try expectNumber(try #require(summary.nll), json["nll"], domain.name)
      try expectNumber(try #require(summary.perplexity), json["perplexity"], domain.name)
      let rows = try #require(json["units"]?.array)
      #expect(rows.count == summary.units.count)
      for (unit, row) in zip(summary.units, rows) {
        let place = "\(domain.name), \(unit.unit)"
        for (key, value) in [
          ("deltaNLL", unit.deltaNLL), ("kl", unit.kl), ("top1", unit.top1), ("perplexity", unit.perplexity),
          ("p", unit.p), ("q", unit.q),
        ] { try expectNumber(value ?? .nan, row[key], "\(place): \(key)") }
        try expectInterval(unit.interval, row["interval"], place)
        #expect(unit.texts == row["texts"]?.integer, "\(place)")
        #expect(unit.nonFiniteTexts == row["nonFiniteTexts"]?.integer, "\(place)")
        #expect(unit.rank == row["rank"]?.integer, "\(place)")
        #expect(unit.verdict.rawValue == row["verdict"]?.string, "\(place)")
        #expect(unit.textsNeeded == row["textsNeeded"]?.integer, "\(place)")
        #expect(unit.isHarmlessOverall == row["isHarmlessOverall"]?.boolean, "\(place)")
      }
    }
    #expect(expected.count == 4)
  }

  @Test func `texts of one token and texts with a NaN are left out and counted`() throws {
    let domain = try #require(try AblationFixture().domains().first)
    let summary = AblationSummary(domain)
    #expect(summary.texts == 11)
    #expect(summary.textsOfOneToken == 1)
    #expect(summary.nonFiniteTexts == 1)
    #expect(summary.predictedTokens == domain.texts.reduce(0) { $0 + $1.tokens - 1 })
    #expect(summary.units.map(\.nonFiniteTexts) == [0, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(summary.units.map(\.texts) == [11, 10, 10, 11, 11, 11, 11, 11, 11, 11])
  }

  @Test func `threads change no bit, and the seed changes intervals only`() throws {
    let domain = try #require(try AblationFixture().domains().first)
    var settings = AblationSettings()
    settings.resamples = 200
    let one = AblationSummary(domain, settings: settings).units
    settings.threads = 3
    let three = AblationSummary(domain, settings: settings).units
    #expect(one.map { "\($0)" } == three.map { "\($0)" })
    settings.seed = 1
    let other = AblationSummary(domain, settings: settings).units
    #expect(one.map(\.interval) != other.map(\.interval))
    #expect(one.map(\.deltaNLL) == other.map(\.deltaNLL))
  }

  @Test(
    arguments: [
      ([-0.01, 0.01, 0, 0.02], .harmless), ([0.0, 0, 0], .harmless), ([0.04, 0.06, 0.05, 0.07], .open),
      ([0.06, 0.07, 0.09], .harmful), ([7], .open), ([0.05, 0.05, 0.05], .open), ([-3, -2, -4], .harmless),
    ] as [([Double], RemovalVerdict)])
  func `the verdict says on which side of the margin the interval lies`(deltas: [Double], verdict: RemovalVerdict) {
    // Exact differences: the changed model's likelihood is 2 plus these.
    let domain = madeUpAblation(deltas.map { [($0 * 1024).rounded() / 1024] })
    var settings = AblationSettings()
    settings.margin = (0.05 * 1024).rounded() / 1024
    let summary = AblationSummary(domain, settings: settings)
    #expect(summary.units.map(\.verdict) == [verdict])
    #expect(summary.units[0].textsNeeded == nil || verdict == .open)
  }

  @Test func `one text has no interval, and none has no numbers`() {
    let one = AblationSummary(madeUpAblation([[0.5]])).units[0]
    #expect(one.interval == nil)
    #expect(one.deltaNLL == 0.5)
    #expect(one.rank == 1)
    #expect(one.p.isNaN)
    #expect(one.textsNeeded == nil)
    let none = AblationSummary(madeUpAblation([[nil]]))
    #expect(none.nll == nil)
    #expect(none.perplexity == nil)
    #expect(none.textsOfOneToken == 1)
    #expect(none.units[0].deltaNLL == nil)
    #expect(none.units[0].perplexity == nil)
    #expect(none.units[0].rank == nil)
    #expect(none.units[0].verdict == .open)
    #expect(AblationSummary(madeUpAblation(units: [], [])).units.isEmpty)
  }

  @Test func `a removal without a finite text has no rank and no verdict, and others keep theirs`() {
    let units = (0..<3).map { BlockUnit(.block, $0) }
    let rows: [[Double?]] = [[.nan, 1, 0], [.infinity, 1.5, 0]]
    let summary = AblationSummary(madeUpAblation(units: units, rows))
    #expect(summary.units.map(\.rank) == [nil, 2, 1])
    #expect(summary.units.map(\.verdict) == [.open, .harmful, .harmless])
    #expect(summary.units.map(\.texts) == [0, 2, 2])
    #expect(summary.nonFiniteTexts == 2)
    // What is not finite is no test: the correction is over two units.
    #expect(summary.units[0].q.isNaN)
    #expect(summary.units[2].q == 0)
  }

  @Test func `a unit of one domain's harm is not harmless everywhere`() {
    let units = [BlockUnit(.block, 0), BlockUnit(.mlp, 0), BlockUnit(.block, 1)]
    let a = AblationSummary(madeUpAblation(units: units, [[0, 0, 0], [0, 0, 0]]))
    let b = AblationSummary(madeUpAblation(named: "b", units: units, [[0, 1, 0], [0, 1, 0]]))
    #expect(AblationSummary.harmlessEverywhere([a]) == units)
    #expect(AblationSummary.harmlessEverywhere([a, b]) == [units[0], units[2]])
    #expect(AblationSummary.harmlessEverywhere([]).isEmpty)
  }
}

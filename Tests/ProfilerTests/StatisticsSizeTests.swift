import Foundation
import Foundations
import Profiler
import Statistics
import Testing

/// Percentages, lengths and the order of runs, against scipy and statsmodels.
@Suite struct StatisticsSizeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let json: JSONValue
    var testDescription: String { json["name"]?.string ?? "\(json["slope"]?.double ?? 0)" }

    static func all(_ kind: String) throws -> [Row] {
      try #require(StatisticsFixtures.json("sizes.json")[kind]?.array).map(Row.init)
    }

    func values(_ key: String) throws -> [Double] { try #require(json[key]?.array).compactMap(\.double) }
    func counts(_ key: String) throws -> [Int] { try #require(json[key]?.array).compactMap(\.integer) }
  }

  @Test(arguments: try Row.all("equivalence"))
  func `equivalence within a bound agrees, and what was out of reach`(row: Row) throws {
    let usesLogScale = row.json["log"] == .boolean(true)
    func compared(_ key: String) throws -> [Double] { try row.values(key).map { usesLogScale ? log($0) : $0 } }
    let (a, b) = (try compared("a"), try compared("b"))
    let value = try #require(row.json["bound"]?.double)
    let test = EquivalenceTest(
      row.json["isPercent"] == .boolean(true) ? .percent(value) : .deviations(value), usesLogScale: usesLogScale)
    let differences = row.json["paired"] == .boolean(true) ? SampleMoments(zip(a, b).map { $0 - $1 }) : nil
    let (x, y) = (SampleMoments(a), SampleMoments(b))
    try expectNumber(test.p(x, y, differences: differences), row.json["p"], "p")
    #expect(test.textsNeeded(x, y, differences: differences, alpha: 0.05) == row.json["needed"]?.integer)
    // The fixture has it for as many texts on both sides.
    guard a.count == b.count else { return }
    #expect(test.textsOutOfReach(x, y, differences: differences, alpha: 0.05) == row.json["outOfReach"]?.integer)
  }

  @Test(arguments: try Row.all("lengths"))
  func `the difference at equal length and its HC3 error agree`(row: Row) throws {
    let (a, b) = (try row.counts("a"), try row.counts("b"))
    let found = try #require(LengthRegression(logarithms(a), logarithms(b))?.adjusted(row.values("values")))
    try expectNumber(found.difference, row.json["difference"], "difference")
    try expectNumber(found.standardError, row.json["standardError"], "standard error")
    try expectNumber(found.t, row.json["t"], "t")
    try expectNumber(found.p, row.json["p"], "p")
    let common = CommonLengths(a, b)
    #expect(try [common.countA, common.countB] == row.counts("common"))
  }

  @Test(arguments: try Row.all("trends"))
  func `the change along an order agrees`(row: Row) throws {
    let series = try #require(row.json["series"]?.array).map { try #require($0.array).compactMap(\.double) }
    let found = OrderTrend(series)
    for (key, number) in [
      ("slope", found.slope), ("low", found.low), ("high", found.high), ("t", found.t), ("df", found.df),
      ("p", found.p),
    ] { try expectNumber(number, row.json[key], key) }
  }

  @Test func `the words of the length check are those of sign and q`() {
    #expect(LengthCheck(difference: 1, adjusted: 0.2, q: 0.01, alpha: 0.05) == .holds)
    #expect(LengthCheck(difference: -1, adjusted: -0.2, q: 0.01, alpha: 0.05) == .holds)
    #expect(LengthCheck(difference: 1, adjusted: -0.2, q: 0.01, alpha: 0.05) == .reverses)
    #expect(LengthCheck(difference: 1, adjusted: 0.2, q: 0.05, alpha: 0.05) == .fades)
  }

  @Test func `lengths hardly overlap with fewer than eight texts of a side in the common range`() {
    let long = Array(30..<50)
    #expect(!CommonLengths(long, Array(22..<38)).isLittle)
    #expect(CommonLengths(long, Array(22..<37)).isLittle)
    // Of fewer than eight texts, half.
    #expect(!CommonLengths(long, [10, 11, 12, 30, 31, 49]).isLittle)
    #expect(CommonLengths(long, [10, 11, 12, 13, 31, 49]).isLittle)
    // But eight of the side that has more.
    #expect(CommonLengths(long, [10, 11, 12, 30, 31, 32]).isLittle)
    #expect(CommonLengths([], long).isLittle)
    // Of one length, or of too few texts in common, nothing can be checked.
    let same = [Int](repeating: 30, count: 20)
    #expect(!CommonLengths(same, same).isLittle)
    #expect(LengthRegression(logarithms(same), logarithms(same)) == nil)
    #expect(LengthRegression(logarithms(long), logarithms(Array(22..<37))) == nil)
    #expect(LengthRegression(logarithms(long), logarithms(Array(22..<38))) != nil)
  }

  private func logarithms(_ tokens: [Int]) -> [Double] { tokens.map { log(Double($0)) } }

  @Test(arguments: try Row.all("groups"))
  func `of texts in groups, the length check, its words and plans are about groups`(row: Row) throws {
    let domains = try #require(row.json["domains"]?.array).enumerated().map { index, json in
      DomainSample(
        name: "domain \(index)",
        values: try #require(json["values"]?.array).map { try #require($0.array).compactMap(\.double) },
        groups: try #require(json["groups"]?.array).compactMap(\.integer),
        lengths: try #require(json["tokens"]?.array).compactMap(\.integer))
    }
    let expected = try #require(row.json["blocks"]?.array)
    let layers = 2..<2 + expected.count
    var settings = ComparisonSettings()
    (settings.permutations, settings.resamples, settings.threads) = (99, 50, 2)
    let rows = try DomainComparison.compare(
      domains, metric: .absMean, scope: .all, layers: layers, settings: settings
    ).blocks
    #expect(rows.count == expected.count)
    for (found, block) in zip(rows, expected) {
      #expect(try [found.groupsA, found.groupsB] == row.counts("groups"))
      #expect(found.lengthCheck?.rawValue == block["word"]?.string)
    }
    let plan = try ComparisonPlan(
      MetricSamples(metric: .absMean, scope: .all, domains: domains), layers: layers,
      sizes: [.percent(2), .deviations(0.4)], settings: settings)
    #expect(plan.isGrouped)
    for (found, block) in zip(plan.blocks, expected) {
      try expectNumber(found.mean, block["mean"], "mean")
      try expectNumber(found.deviation, block["deviation"], "deviation")
      #expect(try found.texts == #require(block["plan"]?.array).map(\.integer))
    }
    // The groups that are compared: those of one domain only.
    let both = Set(domains[0].groups).intersection(domains[1].groups)
    func kept(_ sample: DomainSample, _ units: [Double]) -> [Double] {
      zip(sample.units.groups, units).filter { !both.contains($0.0) }.map(\.1)
    }
    let lengths = try domains.map { kept($0, try #require($0.unitLengths)) }
    let common = CommonLengths(lengths[0], lengths[1])
    #expect(try [common.countA, common.countB] == row.counts("common"))
    let regression = try #require(LengthRegression(lengths[0], lengths[1]))
    for (column, block) in expected.enumerated() {
      let values = domains.flatMap { sample in
        kept(sample, sample.units.means { log(sample.values[$0][column]) })
      }
      let found = try #require(regression.adjusted(values))
      try expectNumber(found.difference, block["adjusted"], "adjusted")
      try expectNumber(found.p, block["p"], "p")
    }
  }

  @Test func `texts of one length are groups of that length, whatever the rounding`() throws {
    let sample = DomainSample(
      name: "a", values: (0..<30).map { [Double($0)] }, groups: (0..<30).map { $0 / 3 },
      lengths: Array(repeating: 100, count: 30))
    let lengths = try #require(sample.unitLengths)
    #expect(lengths == Array(repeating: log(100), count: 10))
    #expect(LengthRegression(lengths, lengths) == nil)
    #expect(sample.tokens == 3000)
    #expect(DomainSample(name: "a", values: [[1]], tokens: 7).unitLengths == nil)
  }

  @Test(arguments: ["0.2", "5%", "0.5%", "12.25%"])
  func `a bound is written as it is read`(text: String) {
    #expect(EquivalenceBound(text)?.description == text)
    #expect(EquivalenceBound(text)?.isValid == true)
    #expect(EquivalenceBound(text + "x") == nil)
    #expect(EquivalenceBound("-" + text)?.isValid == false)
  }
}

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
    let found = try #require(LengthRegression(a, b)?.adjusted(row.values("values")))
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
    #expect(LengthRegression(same, same) == nil)
    #expect(LengthRegression(long, Array(22..<37)) == nil)
    #expect(LengthRegression(long, Array(22..<38)) != nil)
  }

  @Test(arguments: ["0.2", "5%", "0.5%", "12.25%"])
  func `a bound is written as it is read`(text: String) {
    #expect(EquivalenceBound(text)?.description == text)
    #expect(EquivalenceBound(text)?.isValid == true)
    #expect(EquivalenceBound(text + "x") == nil)
    #expect(EquivalenceBound("-" + text)?.isValid == false)
  }
}

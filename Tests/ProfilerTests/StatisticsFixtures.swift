import Foundation
import Foundations
import Profiler
import Statistics
import Testing

/// The numbers of `Fixtures/statistics`, made with scipy and statsmodels.
enum StatisticsFixtures {
  static func json(_ name: String) throws -> JSONValue {
    let fixtures = ProfilerFixtures.folder.deletingLastPathComponent()
    return try JSONValue(contentsOf: fixtures.appending(path: "statistics/\(name)"))
  }

  /// Rows of arguments and, last, the value.
  static func rows(_ function: String) throws -> [[Double]] {
    let rows = try #require(json("distributions.json")[function]?.array)
    return try rows.map { try #require($0.array).compactMap(\.double) }
  }
}

/// A number of a fixture: null is one that does not exist.
func expectNumber(
  _ found: Double, _ expected: JSONValue?, _ place: String, location: SourceLocation = #_sourceLocation
) throws {
  switch try #require(expected, "\(place)", sourceLocation: location) {
  case .null: #expect(found.isNaN, "\(place): \(found), expected none", sourceLocation: location)
  case .string(let word): #expect("\(found)" == word, "\(place)", sourceLocation: location)
  case let number:
    let expected = try #require(number.double, "\(place)", sourceLocation: location)
    // A scatter that is rounding and nothing else: how small it is depends on the order of the sums.
    if abs(expected) > 1e12 {
      #expect(
        found / expected > 0.5, "\(place): \(found), expected \(expected)",
        sourceLocation: location)
      #expect(
        found / expected < 2, "\(place): \(found), expected \(expected)",
        sourceLocation: location)
      return
    }
    #expect(
      abs(found - expected) <= 1e-9 * max(abs(expected), 1e-3), "\(place): \(found), expected \(expected)",
      sourceLocation: location)
  }
}

/// A row of a comparison against that of a fixture.
func expectRow(_ row: BlockComparison, _ json: JSONValue) throws {
  let place = "\(row.domainA), \(row.domainB), block \(row.layer ?? -1)"
  let numbers = [
    ("hedgesG", row.hedgesG), ("gLow", row.gLow), ("gHigh", row.gHigh), ("t", row.t), ("p", row.p), ("q", row.q),
    ("pPermutation", row.pPermutation), ("pMaximum", row.pMaxT), ("pEquivalence", row.pTOST),
  ]
  // A resample of few values may have no scatter, and then no effect.
  let isDefined = row.verdict.isTested || !row.isPaired
  for (key, value) in numbers where isDefined || !["gLow", "gHigh"].contains(key) {
    try expectNumber(value, json[key] ?? .null, "\(place): \(key)")
  }
  if row.verdict.isTested {
    try expectNumber(row.degreesOfFreedom, json["df"], "\(place): df")
    if row.isPaired {
      // Of values that are nearly the same, the difference from 1 is a difference of variances.
      let correlation = try #require(json["correlation"]?.double)
      #expect(abs(row.correlation - correlation) <= 1e-9, "\(place): correlation")
    } else {
      #expect(row.correlation.isNaN, "\(place): correlation")
    }
    if let ratio = json["ratio"]?.array {
      for (value, expected) in zip([row.ratio, row.ratioLow, row.ratioHigh], ratio) {
        try expectNumber(value, expected, "\(place): ratio")
      }
    }
  }
  // A difference is a difference of means: relative to these.
  #expect(abs(row.difference - (try #require(json["difference"]?.double))) <= 1e-12 * 1000)
  #expect(row.verdict.rawValue == json["verdict"]?.string, "\(place)")
  if let groups = json["groups"]?.array {
    #expect([row.groupsA, row.groupsB] == groups.compactMap(\.integer), "\(place)")
    #expect(row.countA >= row.groupsA && row.countB >= row.groupsB, "\(place)")
  } else {
    #expect(row.counts == [row.countA, row.countB, row.countA, row.countB], "\(place)")
  }
  #expect(row.textsNeeded == json["textsNeeded"]?.integer, "\(place)")
}

extension BlockComparison {
  /// Texts and groups of both sides.
  var counts: [Int] { [countA, countB, groupsA, groupsB] }
}

/// Domains and all that scipy says of them.
struct ComparisonCase: Sendable, CustomTestStringConvertible {
  let json: JSONValue
  var testDescription: String { json["name"]?.string ?? "?" }

  static func load() throws -> [ComparisonCase] {
    try ["comparisons.json", "groups.json"].flatMap { name in
      try #require(StatisticsFixtures.json(name).array).map(ComparisonCase.init)
    }
  }

  func settings() throws -> ComparisonSettings { try Self.settings(json) }

  static func settings(_ entry: JSONValue) throws -> ComparisonSettings {
    let json = try #require(entry["settings"])
    var settings = ComparisonSettings()
    settings.alpha = try #require(json["alpha"]?.double)
    settings.equivalenceBound = .deviations(try #require(json["bound"]?.double))
    settings.permutations = try #require(json["permutations"]?.integer)
    settings.resamples = try #require(json["resamples"]?.integer)
    // Beyond `Int`, a JSON number is a double, and 2⁶³ + 11 none.
    settings.seed = json["seed"]?.integer.map { UInt64($0) } ?? 1 << 63 + 11
    settings.usesLogScale = json["log"] == .boolean(true)
    settings.threads = 2
    return settings
  }

  func domains() throws -> [DomainSample] {
    try #require(json["domains"]?.array).enumerated().map { index, rows in
      let values = try #require(rows.array).map { try #require($0.array).compactMap(\.double) }
      let groups = json["groups"]?.array?[index].array?.compactMap(\.integer) ?? []
      return DomainSample(name: "domain \(index)", values: values, groups: groups)
    }
  }

  func compare() throws -> DomainComparison {
    let domains = try domains()
    let blocks = try #require(domains.first?.values.first).count
    return try DomainComparison.compare(
      domains, metric: .absMean, scope: .all, layers: 3..<3 + blocks, settings: settings())
  }
}

/// Samples drawn from normal distributions, the same in every run of the tests.
struct NormalSamples {
  private var generator: SplitMix64

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  mutating func next() -> Double { Normal.quantile((Double(generator.next() >> 11) + 0.5) / 0x1p53) }

  /// `[text][block]`, every value on its own.
  mutating func sample(_ name: String, texts: Int, blocks: Int, mean: Double = 0, deviation: Double = 1) -> DomainSample
  {
    var values = [[Double]](repeating: [], count: texts)
    for text in 0..<texts { for _ in 0..<blocks { values[text].append(mean + deviation * next()) } }
    return DomainSample(name: name, values: values)
  }
}

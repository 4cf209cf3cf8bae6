import Foundation
import LlamaCore
import Profiler
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

/// Domains and all that scipy says of them.
struct ComparisonCase: Sendable, CustomTestStringConvertible {
  let json: JSONValue
  var testDescription: String { json["name"]?.string ?? "?" }

  static func load() throws -> [ComparisonCase] {
    try #require(StatisticsFixtures.json("comparisons.json").array).map(ComparisonCase.init)
  }

  func settings() throws -> ComparisonSettings {
    let json = try #require(self.json["settings"])
    var settings = ComparisonSettings()
    settings.alpha = try #require(json["alpha"]?.double)
    settings.equivalenceBound = try #require(json["bound"]?.double)
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
      return DomainSample(name: "domain \(index)", values: values)
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

import Foundations
import LlamaCore
import Profiler
import Testing

/// The numbers of `Fixtures/statistics/ablation.json`, made with scipy and statsmodels.
struct AblationFixture {
  let json: JSONValue

  init() throws { json = try StatisticsFixtures.json("ablation.json") }

  func rows(_ keys: String...) throws -> [JSONValue] {
    var value = json
    for key in keys { value = try #require(value[key], "\(key)") }
    return try #require(value.array)
  }

  func settings(_ key: String) throws -> AblationSettings {
    let json = try #require(json[key]?["settings"])
    var settings = AblationSettings()
    settings.margin = json["margin"]?.double ?? settings.margin
    settings.alpha = json["alpha"]?.double ?? settings.alpha
    settings.resamples = try #require(json["resamples"]?.integer)
    settings.seed = UInt64(try #require(json["seed"]?.integer))
    return settings
  }

  func units() throws -> [BlockUnit] {
    try rows("ablation", "units").map { row in
      let cells = try #require(row.array)
      let layer = try #require(cells[1].integer)
      if let head = cells[2].integer { return BlockUnit.head(head, of: layer) }
      return BlockUnit(try #require(cells[0].string.flatMap(BlockUnit.Part.init)), layer)
    }
  }

  func domains() throws -> [AblationDomain] {
    let units = try units()
    return try rows("ablation", "domains").map { domain in
      let name = try #require(domain["name"]?.string)
      let texts = try #require(domain["texts"]?.array).enumerated().map { index, text in
        AblationText(
          text: TextIdentity(domain: name, index: index), tokens: try #require(text["tokens"]?.integer),
          nll: Self.number(text["nll"]), costs: try #require(text["costs"]?.array).map(Self.cost))
      }
      return AblationDomain(name: name, units: units, texts: texts)
    }
  }

  /// `[text][block]`; null is a text that has none.
  static func table(_ json: JSONValue?) throws -> [[Double]?] {
    try #require(json?.array).map { row in row.array.map { $0.compactMap(\.double) } }
  }

  /// A number, or the text `nan`, or null.
  private static func number(_ json: JSONValue?) -> Double? { json?.string == "nan" ? .nan : json?.double }

  private static func cost(_ json: JSONValue) throws -> RemovalCost {
    let cells = try #require(json.array).map(number)
    return RemovalCost(
      nll: cells[0], kl: try #require(cells[1]), top1: try #require(cells[2]),
      outputChangeMean: try #require(cells[3]), outputChangeMax: try #require(cells[4]), effects: [])
  }
}

/// An interval of a fixture: null is one that does not exist.
func expectInterval(
  _ found: ClosedRange<Double>?, _ expected: JSONValue?, _ place: String, location: SourceLocation = #_sourceLocation
) throws {
  let bounds = try #require(expected, "\(place)", sourceLocation: location).array
  try expectNumber(found?.lowerBound ?? .nan, bounds?[0] ?? .null, "\(place): low", location: location)
  try expectNumber(found?.upperBound ?? .nan, bounds?[1] ?? .null, "\(place): high", location: location)
}

/// A made-up ablation: one domain, whose texts have these values of `delta_nll`.
func madeUpAblation(
  named name: String = "a", units: [BlockUnit] = [BlockUnit(.block, 0)], _ deltas: [[Double?]]
) -> AblationDomain {
  let texts = deltas.enumerated().map { index, row in
    let costs = row.map { delta in
      RemovalCost(
        nll: delta.map { 2 + $0 }, kl: 0.25, top1: 0.5, outputChangeMean: 0.125, outputChangeMax: 0.75, effects: [])
    }
    let isShort = row.contains { $0 == nil }
    return AblationText(
      text: TextIdentity(domain: name, index: index), tokens: isShort ? 1 : 5, nll: isShort ? nil : 2, costs: costs)
  }
  return AblationDomain(name: name, units: units, texts: texts)
}

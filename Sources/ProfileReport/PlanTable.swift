import Foundation
import Foundations
public import Profiler
public import Statistics

/// Numbers of texts that given differences take, as a table and as JSON.
public struct PlanTable: Sendable {
  private let plans: [ComparisonPlan]
  private let settings: ComparisonSettings

  /// - Parameters:
  ///   - plans: plans of each metric and scope, all of the same sizes.
  ///   - settings: settings that they were made with.
  public init(_ plans: [ComparisonPlan], settings: ComparisonSettings) {
    self.plans = plans
    self.settings = settings
  }

  /// Tables, one per metric and scope, separated by empty lines: for each difference the block that needs the fewest
  /// texts, the median over blocks, and the block that needs the most.
  public var text: String { plans.map(table).joined(separator: "\n") + remark }

  private var remark: String {
    "\nfor one comparison by itself, with a power of 80 % at alpha = \(settings.alpha); the correction for multiple "
      + "comparisons takes more\n"
  }

  private func table(_ plan: ComparisonPlan) -> String {
    let scope = plan.scope.map { ", \($0.phrase)" } ?? ", of the whole text"
    let scale = settings.usesLogScale ? ", log scale" : ""
    var table = TextTable(header: ["difference", "fewest", "block", "median", "most", "block"], names: 1)
    for (place, size) in plan.sizes.enumerated() {
      // A block without a number needs more than are counted.
      let needs = plan.blocks.sorted { ($0.texts[place] ?? .max) < ($1.texts[place] ?? .max) }
      func count(_ block: ComparisonPlan.Block?) -> String { block?.texts[place].map(TextTable.count) ?? "-" }
      func layer(_ block: ComparisonPlan.Block?) -> String { block?.layer.map(String.init) ?? "-" }
      table.add([
        Self.name(size), count(needs.first), layer(needs.first), count(needs[safely: (needs.count - 1) / 2]),
        count(needs.last), layer(needs.last),
      ])
    }
    return "\(plan.metric.rawValue)\(scope)\(scale): \(Self.unit(plan))\n" + table.text
  }

  /// What the numbers count.
  private static func unit(_ plan: ComparisonPlan) -> String {
    if plan.isPaired { return plan.isGrouped ? "pairs of groups" : "pairs" }
    return plan.isGrouped ? "groups per domain" : "texts per domain"
  }

  private static func name(_ size: EquivalenceBound) -> String {
    switch size {
    case .percent: "\(size)"
    case .deviations: "g = \(size)"
    }
  }

  /// The same as JSON, for every block; a number that does not exist is null.
  public var json: String {
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.member("alpha", .number(settings.alpha))
    json.member("power", .number(Power.goal))
    json.member("log_scale", .boolean(settings.usesLogScale))
    json.key("plans")
    json.beginArray()
    for plan in plans { write(plan, &json) }
    json.endArray()
    json.endObject()
    return String(decoding: json.take(), as: UTF8.self) + "\n"
  }

  private func write(_ plan: ComparisonPlan, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("metric", .string(plan.metric.rawValue))
    json.member("scope", plan.scope.map { .string($0.rawValue) } ?? .null)
    json.member("unit", .string(Self.unit(plan)))
    json.key("blocks")
    json.beginArray()
    for block in plan.blocks {
      json.beginObject()
      json.member("layer", block.layer.map { .integer($0) } ?? .null)
      json.member("mean", .number(block.mean))
      json.member("deviation", .number(block.deviation))
      json.key("texts")
      json.beginObject()
      for (size, texts) in zip(plan.sizes, block.texts) {
        json.member(size.description, texts.map { .integer($0) } ?? .null)
      }
      json.endObject()
      json.endObject()
    }
    json.endArray()
    json.endObject()
  }
}

extension Array {
  /// The element of an index; nil beyond the array.
  fileprivate subscript(safely index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

extension ComparedRuns {
  /// Returns the texts that given differences take, column by column.
  ///
  /// - Parameters:
  ///   - columns: columns to plan for.
  ///   - sizes: sizes of differences.
  ///   - settings: alpha and the scale.
  /// - Throws: `ComparisonError`, `FileError` if the rows of a run cannot be read back.
  public func plans(
    _ columns: [ComparedColumn], sizes: [EquivalenceBound], settings: ComparisonSettings
  ) throws -> [ComparisonPlan] {
    try columns.map { column in
      try ComparisonPlan(samples(column.metric, column.scope), layers: layers, sizes: sizes, settings: settings)
    }
  }
}

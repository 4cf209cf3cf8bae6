import Foundations
import ProfileStore
import Profiler
import Statistics

/// Forms of a suggestion: table, JSON, and a configuration for mergekit.
extension PruneSuggestion {
  /// Table of all blocks by rank, with the blocks to remove marked.
  public var table: String {
    let count = removed.count
    var table = TextTable(header: [
      "rank", "block", basis.name, "95 % interval", "among the \(count) least", "over domains", "remove",
    ])
    for (rank, place) in ranking.places.enumerated() {
      table.add([
        "\(rank + 1)", "\(place.layer)", TextTable.number(place.value),
        place.interval.map { "\(TextTable.number($0.lowerBound)) – \(TextTable.number($0.upperBound))" } ?? "-",
        TextTable.percentage(place.leastShares?[count - 1]),
        TextTable.percentage(place.leastSharesOverDomains?[count - 1]), rank < count ? "yes" : "",
      ])
    }
    return "\(subject)\n\n\(table.text)\n\(stability)\n" + byDomain
      + (copies > 0 ? "\(TextTable.count(copies, "text")) not counted: copies of others\n" : "")
  }

  /// Sentence on how stable the choice is under resampling of the texts, and of the domains, which does not measure its quality.
  private var stability: String {
    guard let share = ranking.sameSetShares?[removed.count - 1] else {
      let unit = isGrouped ? "group of texts" : "distinct text"
      return "how sure this order is cannot be said: a domain has a single \(unit)"
    }
    let texts =
      "the \(removed.count) least are the same in \(TextTable.percentage(share)) of "
      + "\(TextTable.count(ranking.resamples)) resamples of \(isGrouped ? "groups of texts" : "texts")"
    guard let over = ranking.sameSetSharesOverDomains?[removed.count - 1] else {
      return texts + " like these, other domains aside"
    }
    return "\(texts), \(TextTable.percentage(over)) with the domains resampled"
  }

  /// The choice by each domain's own texts.
  private var choices: [(name: String, blocks: [Int])] {
    ranking.domains.map { (name: $0.name, blocks: $0.layers.prefix(removed.count).sorted()) }
  }

  /// Lines on the domains that would choose other blocks; empty where all choose the same.
  private var byDomain: String {
    let others = choices.filter { $0.blocks != removed }
    guard !others.isEmpty else { return "" }
    return others.map { choice in
      "by \(TextTable.label(choice.name, limit: 40)) alone: \(Words.blocks(choice.blocks))\n"
    }.joined()
  }

  /// JSON form, with shares from 0 to 1 and 0-based blocks.
  public var json: String { json(repair: nil) }

  /// JSON form, with what the repair of the checkpoint brings.
  package func json(repair: JSONValue?) -> String {
    let count = removed.count
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    json.member("metric", .string(basis.name))
    json.member("scope", .string(basis.scope.rawValue))
    json.member("domains", .array(domains.map(JSONValue.string)))
    json.member("blocks", .array(removed.map { .integer($0) }))
    json.member("model_blocks", .integer(layerCount))
    json.member("resamples", .integer(ranking.resamples))
    // Written as a string, because many readers round integers beyond 2⁵³.
    json.member("seed", .string(String(seed)))
    json.member("same_blocks_share", ranking.sameSetShares.map { .number($0[count - 1]) } ?? .null)
    json.member(
      "same_blocks_share_over_domains", ranking.sameSetSharesOverDomains.map { .number($0[count - 1]) } ?? .null)
    json.key("blocks_by_domain")
    json.beginArray()
    for choice in choices {
      json.beginObject()
      json.member("domain", .string(choice.name))
      json.member("blocks", .array(choice.blocks.map { .integer($0) }))
      json.endObject()
    }
    json.endArray()
    json.member("copies", .integer(copies))
    json.key("ranking")
    json.beginArray()
    for place in ranking.places {
      json.beginObject()
      json.member("block", .integer(place.layer))
      json.member("value", .number(place.value))
      json.member("low", place.interval.map { .number($0.lowerBound) } ?? .null)
      json.member("high", place.interval.map { .number($0.upperBound) } ?? .null)
      json.member("among_least_share", place.leastShares.map { .number($0[count - 1]) } ?? .null)
      json.member(
        "among_least_share_over_domains", place.leastSharesOverDomains.map { .number($0[count - 1]) } ?? .null)
      json.endObject()
    }
    json.endArray()
    if let repair { json.member("repair", repair) }
    json.member("note", .string(note))
    json.endObject()
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  /// Returns a configuration for mergekit that passes the remaining blocks through, by their numbers in the checkpoint.
  ///
  /// - Throws: ``PruneError/edits(_:)`` for a run of a model that is changed otherwise than by a list of blocks.
  public func mergekit() throws(PruneError) -> String {
    try checkEdits()
    let names = removed.map(String.init).joined(separator: ", ")
    // A JSON string is also a YAML string, whatever the path contains.
    let source = JSONValue.string(model).text()
    let slices = runsOfProgram.map { range in
      "  - sources:\n      - model: \(source)\n        layer_range: [\(range.lowerBound), \(range.upperBound)]\n"
    }
    return """
      # Leaves out blocks \(names) of \(layerCount)\(settings.program == nil ? "" : " of \(settings.edits ?? "")"), by \(subject.onOneLine).
      # Mind: \(stability).
      # Mind: \(note).
      merge_method: passthrough
      slices:
      \(slices.joined())
      """
  }
}

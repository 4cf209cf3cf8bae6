import Foundation
import Foundations
public import Profiler
import Statistics

/// Comparison as JSON, including what `comparison.csv` has no room for: clusters, omnibus tests, negative controls, and
/// the remarks that accompany the numbers. Undefined and infinite values are null: a `ratio` with a `ratio_low` but no
/// `ratio_high` has no upper bound.
public enum ComparisonJSON {
  /// Passes the text, ended by a line break, to `sink` in parts.
  public static func write(
    _ comparisons: [DomainComparison], of runs: ComparedRuns, to sink: (String) throws -> Void
  ) rethrows {
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    if let settings = comparisons.first?.settings { write(settings, runs, &json) }
    write(runs, &json)
    json.key("comparisons")
    json.beginArray()
    for comparison in comparisons {
      write(comparison, &json)
      try sink(String(decoding: json.take(), as: UTF8.self))
    }
    json.endArray()
    json.endObject()
    try sink(String(decoding: json.take(), as: UTF8.self) + "\n")
  }

  private static func write(_ settings: ComparisonSettings, _ runs: ComparedRuns, _ json: inout JSONWriter) {
    json.key("settings")
    json.beginObject()
    json.member("alpha", .number(settings.alpha))
    json.member("equivalence_bound", .number(settings.equivalenceBound.value))
    json.member(
      "equivalence_unit", .string(settings.equivalenceBound.isRatio ? "percent" : "standard deviations"))
    json.member("permutations", .integer(settings.permutations))
    json.member("resamples", .integer(settings.resamples))
    // Written as a string, because many readers round integers beyond 2⁵³.
    json.member("seed", .string(String(settings.seed)))
    json.member("log_scale", .boolean(settings.usesLogScale))
    json.member("match_tokens", runs.tokens.map { .integer($0) } ?? .null)
    json.member("positions", runs.tokens != nil || runs.prefix.isEmpty ? .null : .string(runs.prefix))
    json.endObject()
  }

  private static func write(_ runs: ComparedRuns, _ json: inout JSONWriter) {
    func object(_ members: JSONObject) -> JSONValue { .object(members) }
    json.member("design", .string(runs.design.rawValue))
    json.member("runs", .array(runs.runs.map { .string($0.directory.relativePath) }))
    json.member(
      "differences",
      .array(
        runs.differences.map {
          object(["name": .string($0.name), "first": .string($0.first), "second": .string($0.second)])
        }))
    json.member(
      "pools",
      .array(
        runs.runs[0].pools.map { pool in
          object([
            "name": .string(pool.name),
            "domains": .array(
              pool.domains.map { object(["name": .string($0.name), "texts": .integer($0.texts)]) }),
          ])
        }))
    let groups = runs.groupCounts
    let copies = Dictionary(
      runs.copies.map { (ByteString($0.name), $0.copies) }, uniquingKeysWith: { first, _ in first })
    json.member(
      "domains",
      .array(
        zip(runs.texts, groups).map { domain, groups in
          object([
            "name": .string(domain.name), "texts": .integer(domain.texts.count), "groups": .integer(groups.groups),
            "copies": .integer(copies[ByteString(domain.name)] ?? 0),
          ])
        }))
    json.member(
      "length_overlaps",
      .array(
        runs.lengthOverlaps.map {
          object([
            "domain_a": .string($0.domainA), "domain_b": .string($0.domainB),
            "texts_a": .integer($0.common.countA), "texts_b": .integer($0.common.countB),
            "hardly_overlap": .boolean($0.isLittle),
          ])
        }))
    json.member("notes", .array(runs.notes.map(JSONValue.string)))
  }

  private static func write(_ comparison: DomainComparison, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("metric", .string(comparison.metric.rawValue))
    json.member("scope", comparison.scope.map { .string($0.rawValue) } ?? .null)
    json.key("blocks")
    json.beginArray()
    for block in comparison.blocks { write(block, &json) }
    json.endArray()
    json.key("bands")
    json.beginArray()
    for cluster in comparison.clusters {
      json.beginObject()
      json.member("domain_a", .string(cluster.domainA))
      json.member("domain_b", .string(cluster.domainB))
      json.member("first_layer", .integer(cluster.layers.lowerBound))
      json.member("last_layer", .integer(cluster.layers.upperBound))
      json.member("mass", .number(cluster.mass))
      json.member("p", .number(cluster.p))
      json.endObject()
    }
    json.endArray()
    json.key("omnibus")
    json.beginArray()
    for test in comparison.omnibus {
      json.beginObject()
      json.member("layer", test.layer.map { .integer($0) } ?? .null)
      json.member("f", .number(test.f))
      json.member("p", .number(test.p))
      json.member("p_permutation", .number(test.pPermutation))
      json.endObject()
    }
    json.endArray()
    json.key("negative_control")
    json.beginObject()
    json.member("comparisons", .integer(comparison.control.comparisons))
    json.member("raw_share", .number(comparison.control.rawShare))
    json.member("different_share", .number(comparison.control.differentShare))
    json.endObject()
    json.endObject()
  }

  private static func write(_ block: BlockComparison, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("layer", block.layer.map { .integer($0) } ?? .null)
    json.member("domain_a", .string(block.domainA))
    json.member("domain_b", .string(block.domainB))
    json.member("n_a", .integer(block.countA))
    json.member("n_b", .integer(block.countB))
    json.member("groups_a", .integer(block.groupsA))
    json.member("groups_b", .integer(block.groupsB))
    json.member("tokens_a", .integer(block.tokensA))
    json.member("tokens_b", .integer(block.tokensB))
    let numbers = [
      ("difference", block.difference), ("hedges_g", block.hedgesG), ("g_low", block.gLow), ("g_high", block.gHigh),
      ("t", block.t), ("df", block.degreesOfFreedom), ("p", block.p), ("q", block.q),
      ("p_permutation", block.pPermutation), ("p_maxt", block.pMaxT), ("p_tost", block.pTOST),
      ("ratio", block.ratio), ("ratio_low", block.ratioLow), ("ratio_high", block.ratioHigh),
    ]
    for (key, number) in numbers { json.member(key, .number(number)) }
    json.member("verdict", .string(block.verdict.rawValue))
    json.member("texts_needed", block.textsNeeded.map { .integer($0) } ?? .null)
    json.member("texts_for_equivalence", block.textsForEquivalence.map { .integer($0) } ?? .null)
    json.member("texts_out_of_reach", block.textsOutOfReach.map { .integer($0) } ?? .null)
    json.member("length_check", block.lengthCheck.map { .string($0.rawValue) } ?? .null)
    if block.isPaired { json.member("correlation", .number(block.correlation)) }
    json.endObject()
  }
}

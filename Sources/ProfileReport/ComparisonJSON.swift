import LlamaCore
public import Profiler

/// A comparison as JSON, with what `comparison.csv` has no room for: bands, omnibus tests and negative controls. What does
/// not exist, or is infinite, is null.
public enum ComparisonJSON {
  /// The text, ended by a line break.
  public static func text(_ comparisons: [DomainComparison]) -> String {
    var json = JSONWriter(indentation: 2)
    json.beginObject()
    if let settings = comparisons.first?.settings { write(settings, &json) }
    json.key("comparisons")
    json.beginArray()
    for comparison in comparisons { write(comparison, &json) }
    json.endArray()
    json.endObject()
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  private static func write(_ settings: ComparisonSettings, _ json: inout JSONWriter) {
    json.key("settings")
    json.beginObject()
    json.member("alpha", .number(settings.alpha))
    json.member("equivalence_bound", .number(settings.equivalenceBound))
    json.member("permutations", .integer(settings.permutations))
    json.member("resamples", .integer(settings.resamples))
    // As a string, because many readers round integers beyond 2⁵³.
    json.member("seed", .string(String(settings.seed)))
    json.member("log_scale", .boolean(settings.usesLogScale))
    json.endObject()
  }

  private static func write(_ comparison: DomainComparison, _ json: inout JSONWriter) {
    json.beginObject()
    json.member("metric", .string(comparison.metric.rawValue))
    json.member("scope", .string(comparison.scope.rawValue))
    json.key("blocks")
    json.beginArray()
    for block in comparison.blocks { write(block, &json) }
    json.endArray()
    json.key("bands")
    json.beginArray()
    for band in comparison.bands {
      json.beginObject()
      json.member("domain_a", .string(band.domainA))
      json.member("domain_b", .string(band.domainB))
      json.member("first_layer", .integer(band.layers.lowerBound))
      json.member("last_layer", .integer(band.layers.upperBound))
      json.member("mass", .number(band.mass))
      json.member("p", .number(band.p))
      json.endObject()
    }
    json.endArray()
    json.key("omnibus")
    json.beginArray()
    for test in comparison.omnibus {
      json.beginObject()
      json.member("layer", .integer(test.layer))
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
    json.member("layer", .integer(block.layer))
    json.member("domain_a", .string(block.domainA))
    json.member("domain_b", .string(block.domainB))
    json.member("n_a", .integer(block.countA))
    json.member("n_b", .integer(block.countB))
    let numbers = [
      ("difference", block.difference), ("hedges_g", block.hedgesG), ("g_low", block.gLow), ("g_high", block.gHigh),
      ("t", block.t), ("df", block.degreesOfFreedom), ("p", block.p), ("q", block.q),
      ("p_permutation", block.pPermutation), ("p_maxt", block.pMaximum), ("p_tost", block.pEquivalence),
    ]
    for (key, number) in numbers { json.member(key, .number(number)) }
    json.member("verdict", .string(block.verdict.rawValue))
    json.member("texts_needed", block.textsNeeded.map { .integer($0) } ?? .null)
    json.endObject()
  }
}

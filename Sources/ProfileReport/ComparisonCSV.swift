public import Profiler
import Statistics

/// `comparison.csv` and the files of `comparisons`: one row per block of each pair of domains, or one row per pair for
/// a metric of texts.
public enum ComparisonCSV {
  /// File name in the folder of a run.
  public static let fileName = "comparison.csv"

  static let header = [
    "metric", "scope", "layer", "domain_a", "domain_b", "n_a", "n_b", "difference", "hedges_g", "g_low", "g_high", "t",
    "df", "p", "q", "p_permutation", "p_maxt", "p_tost", "verdict", "paired", "prefix", "log", "alpha", "bound", "seed",
    "groups_a", "groups_b", "tokens_a", "tokens_b", "ratio", "ratio_low", "ratio_high", "texts_needed", "length_check",
  ]

  /// Returns the text of the file, in the order of the comparisons. An undefined number is `nan`, an unbounded one
  /// `inf`; an inapplicable setting or count is empty.
  ///
  /// - Parameters:
  ///   - comparisons: comparisons to write.
  ///   - prefix: tokens of each text that were compared, empty for all; see `ComparedRuns`.
  ///   - withHeader: false for rows that follow others.
  public static func text(
    _ comparisons: [DomainComparison], prefix: String = "", withHeader: Bool = true
  ) -> String {
    var csv = CSVText()
    if withHeader { csv.header(header) }
    for comparison in comparisons {
      for row in comparison.blocks { append(row, comparison.settings, prefix, to: &csv) }
    }
    return csv.text
  }

  private static func append(
    _ row: BlockComparison, _ settings: ComparisonSettings, _ prefix: String, to csv: inout CSVText
  ) {
    csv.field(row.metric.rawValue)
    csv.field(row.scope?.rawValue ?? "")
    csv.field(row.layer.map(String.init) ?? "")
    csv.field(row.domainA)
    csv.field(row.domainB)
    csv.field(row.countA)
    csv.field(row.countB)
    for value in [
      row.difference, row.hedgesG, row.gLow, row.gHigh, row.t, row.degreesOfFreedom, row.p, row.q,
      row.pPermutation, row.pMaxT, row.pTOST,
    ] { csv.field(value) }
    csv.field(row.verdict.rawValue)
    csv.field(row.isPaired ? "true" : "false")
    csv.field(prefix)
    csv.field(settings.usesLogScale ? "true" : "false")
    csv.field(settings.alpha)
    csv.field(settings.equivalenceBound.description)
    csv.field(String(settings.seed))
    csv.field(row.groupsA)
    csv.field(row.groupsB)
    csv.field(row.tokensA)
    csv.field(row.tokensB)
    for value in [row.ratio, row.ratioLow, row.ratioHigh] { csv.field(value) }
    csv.field(row.textsNeeded.map(String.init) ?? "")
    csv.field(row.lengthCheck?.rawValue ?? "")
    csv.endRow()
  }
}

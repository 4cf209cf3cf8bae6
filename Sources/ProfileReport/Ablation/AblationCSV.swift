import LlamaCore
public import Profiler
import Statistics

/// Tables of an ablation as CSV, with the columns of the file contract. Cells without a value are empty.
public enum AblationCSV {
  /// File names in the folder of a run.
  public static let fileName = "ablation.csv"
  public static let summaryFileName = "ablation_summary.csv"
  public static let effectsFileName = "effects.csv"
  public static let proxiesFileName = "proxies.csv"
  public static let comparisonFileName = "ablation_comparison.csv"

  /// Header of `ablation.csv`.
  static let header = [
    "domain", "text", "tokens", "part", "layer", "head", "nll", "delta_nll", "kl", "top1", "output_change_mean",
    "output_change_max",
  ]

  /// Header of `ablation_summary.csv`.
  static let summaryHeader = [
    "domain", "part", "layer", "head", "texts", "delta_nll", "low", "high", "kl", "top1", "rank", "verdict",
  ]

  /// Header of `effects.csv`.
  static let effectsHeader = ["domain", "part", "layer", "at", "mean", "max"]

  /// Header of `proxies.csv`.
  static let proxiesHeader = ["domain", "scope", "metric", "spearman", "low", "high", "kendall", "recall_k"]

  /// Header of `ablation_comparison.csv`.
  static let comparisonHeader = [
    "part", "layer", "head", "domain_a", "domain_b", "texts_a", "texts_b", "difference", "low", "high", "p", "q",
    "different",
  ]

  /// Returns `ablation.csv`: for each text the unchanged model, then a row for each unit.
  public static func text(_ domains: [AblationDomain]) -> String {
    var csv = CSVText()
    csv.header(header)
    for domain in domains { for text in domain.texts { append(text, domain.units, to: &csv) } }
    return csv.text
  }

  /// Appends a text's rows of `ablation.csv`.
  static func append(_ text: AblationText, _ units: [BlockUnit], to csv: inout CSVText) {
    begin(text, to: &csv)
    csv.field("none")
    // No block and no head, and nothing that it differs in from itself.
    for cell in [nil, nil, text.nll, nil, nil, nil, nil, nil] as [Double?] { csv.field(cell) }
    csv.endRow()
    for (place, unit) in units.enumerated() {
      let cost = text.costs[place]
      begin(text, to: &csv)
      append(unit, to: &csv)
      for cell in [
        cost.nll, text.deltaNLL(place), cost.kl, cost.top1, cost.outputChangeMean, cost.outputChangeMax,
      ] { csv.field(cell) }
      csv.endRow()
    }
  }

  private static func begin(_ text: AblationText, to csv: inout CSVText) {
    csv.field(text.text.domain)
    csv.field(text.text.index)
    csv.field(text.tokens)
  }

  /// Appends part, layer and head.
  private static func append(_ unit: BlockUnit, to csv: inout CSVText) {
    csv.field(unit.part.rawValue)
    csv.field(unit.layer)
    csv.field(unit.head.map(String.init) ?? "")
  }

  /// Returns `ablation_summary.csv`: one row per domain and unit.
  public static func summary(_ summaries: [AblationSummary]) -> String {
    var csv = CSVText()
    csv.header(summaryHeader)
    for summary in summaries {
      for row in summary.units {
        csv.field(summary.domain)
        append(row.unit, to: &csv)
        csv.field(row.texts)
        for cell in [row.deltaNLL, row.interval?.lowerBound, row.interval?.upperBound, row.kl, row.top1] {
          csv.field(cell)
        }
        csv.field(row.rank.map(String.init) ?? "")
        csv.field(row.verdict.rawValue)
        csv.endRow()
      }
    }
    return csv.text
  }

  /// Returns `effects.csv`: one row per domain, unit and later block. Heads have no column here and no rows.
  public static func effects(_ domains: [RemovalEffects]) -> String {
    var csv = CSVText()
    csv.header(effectsHeader)
    for domain in domains {
      for row in domain.rows where row.unit.head == nil {
        csv.field(domain.domain)
        csv.field(row.unit.part.rawValue)
        csv.field(row.unit.layer)
        csv.field(row.at)
        csv.field(row.mean.mean)
        csv.field(row.maximum.mean)
        csv.endRow()
      }
    }
    return csv.text
  }

  /// Returns `proxies.csv`: one row per domain, scope and metric, in the order of the rankings.
  public static func proxies(_ rankings: [ProxyRanking]) -> String {
    var csv = CSVText()
    csv.header(proxiesHeader)
    for ranking in rankings {
      for row in ranking.rows {
        csv.field(ranking.domain)
        csv.field(row.scope.rawValue)
        csv.field(row.metric.rawValue)
        for cell in [
          row.spearman, row.interval?.lowerBound, row.interval?.upperBound, row.kendall, row.recall,
        ] { csv.field(cell) }
        csv.endRow()
      }
    }
    return csv.text
  }

  /// Returns `ablation_comparison.csv`: one row per unit and pair of domains. p and q of a row that was not tested are
  /// `nan`.
  public static func comparison(_ comparison: DomainRemovalComparison) -> String {
    var csv = CSVText()
    csv.header(comparisonHeader)
    for row in comparison.rows {
      append(row.unit, to: &csv)
      csv.field(row.domainA)
      csv.field(row.domainB)
      csv.field(row.textsA)
      csv.field(row.textsB)
      for cell in [row.difference, row.interval?.lowerBound, row.interval?.upperBound, row.p, row.q] {
        csv.field(cell)
      }
      csv.field(row.isDifferent ? "true" : "false")
      csv.endRow()
    }
    return csv.text
  }
}

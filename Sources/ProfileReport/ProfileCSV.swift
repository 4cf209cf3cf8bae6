import ProfileStore
import Profiler
import Statistics

/// Tables of a run as CSV, with the columns of the file contract. The run determines the metrics; all standard ones have columns.
enum ProfileCSV {
  /// Returns the header of `texts.csv`.
  static func textsHeader(_ metrics: [Metric]) -> [String] {
    ["domain", "text", "tokens", "scope", "layer"] + Metric.columns(metrics).map(\.rawValue)
  }

  /// Header of `summary.csv`.
  static let summaryHeader = [
    "domain", "scope", "layer", "metric", "texts", "mean", "variance", "std", "min", "max",
  ]

  /// Returns the header of `<domain>.csv`.
  static func domainHeader(_ metrics: [Metric]) -> [String] {
    ["layer", "texts"] + blockColumns(metrics).flatMap { [$0.rawValue, "\($0.rawValue)_variance"] }
  }

  private static func blockColumns(_ metrics: [Metric]) -> [Metric] { Metric.columns(metrics).filter { !$0.isOfText } }

  /// Appends a text's rows of `texts.csv`, by scope and block. Cells of standard metrics that the run does not have are
  /// empty.
  static func append(_ profile: TextProfile, _ metrics: [Metric], to csv: inout CSVText) {
    let columns = Metric.columns(metrics)
    for scope in Scope.allCases {
      let measured = columns.map { metrics.contains($0) && $0.scopes.contains(scope) }
      for (layer, row) in zip(profile.layers, profile.rows(scope)) {
        csv.field(profile.text.domain)
        csv.field(profile.text.index)
        csv.field(profile.tokens)
        csv.field(scope.rawValue)
        csv.field(layer)
        for (metric, isMeasured) in zip(columns, measured) {
          csv.field(metric.isOfText ? profile[metric] : isMeasured ? row[metric] : nil)
        }
        csv.endRow()
      }
    }
  }

  /// Returns a domain's file of block metrics: one row per block, scope ``Scope/all``. `texts` counts the texts whose
  /// values are finite there (for the metrics of every run: a spectrum may be undefined when they are not).
  static func domain(_ profile: DomainProfile) -> String {
    var csv = CSVText()
    csv.header(domainHeader(profile.metrics))
    for layer in profile.layers {
      csv.field(layer)
      csv.field(profile[.all, layer, .mean].count)
      for metric in blockColumns(profile.metrics) {
        let statistics = profile[.all, layer, metric]
        csv.field(statistics.mean)
        csv.field(statistics.variance)
      }
      csv.endRow()
    }
    return csv.text
  }

  /// Header of `massive.csv`.
  static let massiveHeader = ["domain", "text", "layer", "position", "token", "dimension", "value"]

  /// Appends a row of `massive.csv`.
  static func append(_ row: ProfileStore.MassiveRow, to csv: inout CSVText) {
    csv.field(row.text.domain)
    csv.field(row.text.index)
    csv.field(row.activation.layer)
    csv.field(row.activation.position)
    if let token = row.token { csv.field(Int(token)) } else { csv.field(nil) }
    csv.field(row.activation.dimension)
    csv.field(row.activation.value)
    csv.endRow()
  }

  /// Returns `summary.csv`: one row per domain, scope, block and metric; for a metric of the text, one row per domain,
  /// without scope and block.
  static func summary(_ domains: [DomainProfile], _ scopes: [Scope]) -> String {
    var csv = CSVText()
    csv.header(summaryHeader)
    for domain in domains {
      for scope in scopes {
        for layer in domain.layers {
          for metric in domain.metrics where !metric.isOfText {
            append(domain.name, scope.rawValue, "\(layer)", metric, domain[scope, layer, metric], to: &csv)
          }
        }
      }
      for metric in domain.metrics where metric.isOfText {
        append(domain.name, "", "", metric, domain[metric], to: &csv)
      }
    }
    return csv.text
  }

  private static func append(
    _ domain: String, _ scope: String, _ layer: String, _ metric: Metric, _ statistics: RunningStatistics,
    to csv: inout CSVText
  ) {
    csv.field(domain)
    csv.field(scope)
    csv.field(layer)
    csv.field(metric.rawValue)
    csv.field(statistics.count)
    csv.field(statistics.mean)
    csv.field(statistics.variance)
    csv.field(statistics.standardDeviation)
    csv.field(statistics.minimum)
    csv.field(statistics.maximum)
    csv.endRow()
  }
}

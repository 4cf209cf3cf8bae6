import LlamaCore
import Profiler
import Statistics

/// Tables of what removals cost.
extension ReportTables {
  // MARK: Verdicts

  /// Returns a table of the verdicts, units × domains; within a part from the least harm to the most.
  func removalVerdicts(_ ablation: RunAblation) -> String {
    let units = ablation.ablation.units
    let means = units.indices.map { place -> Double in
      let values = ablation.summaries.compactMap { $0.units[place].deltaNLL }
      return values.isEmpty ? .infinity : values.reduce(0, +) / Double(values.count)
    }
    let order = BlockUnit.Part.allCases.flatMap { part in
      units.indices.filter { units[$0].part == part }.sorted { (means[$0], $0) < (means[$1], $1) }
    }
    let rows = order.map { place in
      [Words.units([units[place]])] + ablation.summaries.map { verdict($0.units[place]) }
    }
    return Self.table([Self.heading(ablation)] + data.names.map(\.markup), rows)
  }

  /// Heading of a column of parts.
  private static func heading(_ ablation: RunAblation) -> String { ablation.ablation.isSwap ? "swapped" : "without" }

  private func verdict(_ unit: AblationSummary.Unit) -> String {
    let words: String
    switch unit.verdict {
    case .harmless: words = "<b>harmless</b>" + (unit.isHarmlessOverall ? "&nbsp;†" : "")
    case .harmful: words = "harmful"
    case .open: words = "open" + (unit.textsNeeded.map { ", \(TextTable.about($0, data.unit))" } ?? "")
    }
    return "\(Words.number(unit.deltaNLL, unit.interval))<br>\(words)"
  }

  // MARK: Metrics against the damage

  /// Returns a table of the metrics over all tokens, and of the best in another scope, against the damage.
  func proxies(_ ablation: RunAblation) -> String {
    let all = ProxyAgreement.all(ablation.proxies)
    let best = all.first { $0.isSure }
    let shown = all.filter { $0.scope == .all || $0.metric == best?.metric && $0.scope == best?.scope }
    guard !shown.isEmpty else { return "" }
    let domains = shown[0].domains.map(\.domain)
    let rows = shown.map { agreement in
      ["<code>\(agreement.metric.rawValue)</code>, \(agreement.scope.phrase)"]
        + (domains.count > 1 ? [Words.number(agreement.spearman)] : [])
        + agreement.domains.map { _, row in
          let recall = row.recall.map { "<br>\(Words.percent($0)) of the least harmful" } ?? ""
          return Words.number(row.spearman, row.interval) + recall
        }
    }
    return Self.table(
      ["metric"] + (domains.count > 1 ? ["mean"] : []) + domains.map(\.markup), rows,
      numbers: domains.count > 1 ? [1] : [])
  }

  // MARK: Domains compared

  /// Maximum number of differences between domains that the page lists; the file has all.
  private static let differenceLimit = 20

  /// Returns a table of the largest differences; empty if there are none.
  func domainsHurt(_ ablation: RunAblation) -> String {
    let different = ablation.comparison?.different ?? []
    guard !different.isEmpty else { return "" }
    let rows = different.prefix(Self.differenceLimit).map { row in
      [
        Words.units([row.unit]), "\(row.domainA.markup) – \(row.domainB.markup)",
        Words.number(row.difference, row.interval), Words.probability(row.q),
      ]
    }
    let rest = different.count - rows.count
    let more =
      rest > 0 ? "<p class=\"muted\">And \(TextTable.count(rest)) more in \(AblationCSV.comparisonFileName).</p>" : ""
    return Self.table([Self.heading(ablation), "domains", "difference of delta_nll", "q"], rows, numbers: [2, 3]) + more
  }

  // MARK: One after the other

  /// Returns a table of the damage after as many removals as every curve has, rules × domains; empty without removals.
  func curves(_ set: RemovalCurveSet) -> String {
    let last = set.last
    guard last > 0 else { return "" }
    let rows = set.rules.enumerated().map { rule, name in
      ["<code>\(name.markup)</code>"]
        + set.domains.indices.map { domain in
          let step = set.step(last, domain: domain, rule: rule)
          let perplexity = step?.perplexity.map { "<br>perplexity \(Words.number($0))" } ?? ""
          return Words.number(step?.deltaNLL, step?.interval) + perplexity
        }
    }
    return Self.table(["rule, \(TextTable.count(last)) removed"] + set.domains.map(\.markup), rows)
  }
}

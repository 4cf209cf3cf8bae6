import ProfileStore
import Profiler
import Statistics

/// Tables of the page.
struct ReportTables {
  let data: ReportData
  let comparisons: [DomainComparison]

  /// Returns a table of cells that are already HTML; `numbers` are the right-aligned columns, `style` is a CSS class of
  /// the page.
  static func table(_ header: [String], _ rows: [[String]], numbers: Set<Int> = [], style: String = "") -> String {
    func row(_ cells: [String], _ tag: String) -> String {
      let cells = cells.enumerated().map { column, cell in
        "<\(tag)\(numbers.contains(column) ? " class=\"n\"" : "")>\(cell)</\(tag)>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    let body = rows.map { row($0, "td") }.joined(separator: "\n")
    return "<div class=\"wide\"><table class=\"data \(style)\"><thead>\(row(header, "th"))</thead><tbody>\n\(body)\n"
      + "</tbody></table></div>"
  }

  /// Returns a table of the verdict counts of each metric, and of the result of the negative control.
  func verdictCounts(_ scope: Scope) -> String {
    let shown = comparisons.filter {
      $0.scope == scope && !$0.blocks.isEmpty && data.record.metrics.contains($0.metric)
    }
    let verdicts = Self.verdicts(shown)
    let rows = shown.map { comparison -> [String] in
      let largest = comparison.blocks.filter { $0.verdict == .different && $0.hedgesG.isFinite }
        .max { abs($0.hedgesG) < abs($1.hedgesG) }
      let text = largest.map {
        "\($0.domainA.markup) – \($0.domainB.markup), \(Words.place($0)), g = \(Words.number($0.hedgesG)) (\(Words.interval($0)))"
          + (Words.ratio($0).map { ", ratio \($0)" } ?? "")
      }
      return ["<code>\(comparison.metric.rawValue)</code>"]
        + verdicts.map { verdict in TextTable.count(comparison.blocks.count { $0.verdict == verdict }) }
        + [
          Words.percent(comparison.control.rawShare, 1), Words.percent(comparison.control.differentShare, 1),
          text ?? "–",
        ]
    }
    return Self.table(
      ["metric"] + verdicts.map(\.rawValue) + ["control: p &lt; α", "control: different", "largest difference"], rows,
      numbers: Set(1..<verdicts.count + 3))
  }

  /// Returns the verdicts that occur, in their order.
  static func verdicts(_ comparisons: [DomainComparison]) -> [Verdict] {
    let found = Set(comparisons.flatMap { $0.blocks.map(\.verdict) })
    return Verdict.allCases.filter(found.contains)
  }

  /// Returns a table of the verdicts of a metric of the text, one for each pair.
  func textVerdicts(_ metric: Metric) -> String {
    guard let comparison = comparisons.first(where: { $0.metric == metric && !$0.blocks.isEmpty }) else { return "" }
    let rows = comparison.blocks.map { pair -> [String] in
      // The verdict says why what was not tested has no effect, interval or q.
      let effect = [
        Words.number(pair.hedgesG), Words.interval(pair), Words.ratio(pair) ?? "–", Words.probability(pair.q),
      ]
      return [
        "\(pair.domainA.markup) – \(pair.domainB.markup)", pair.verdict.rawValue, Words.number(pair.difference),
      ] + (pair.verdict.isTested ? effect : effect.map { _ in "–" })
    }
    return Self.table(
      ["pair", "verdict", "difference", "Hedges’ g", "95 % interval", "ratio of means", "q"], rows,
      numbers: [2, 3, 4, 5, 6])
  }

  /// Returns a table of the blocks of each verdict for `abs_mean`, by pair.
  func pairs(_ scope: Scope) -> String? {
    guard let comparison = comparisons.first(where: { $0.metric == .absMean && $0.scope == scope }),
      !comparison.blocks.isEmpty
    else { return nil }
    let verdicts = Self.verdicts([comparison])
    func isShown(_ cluster: BlockCluster) -> Bool { cluster.p < comparison.settings.alpha && cluster.layers.count > 1 }
    let hasClusters = comparison.clusters.contains(where: isShown)
    let rows = comparison.pairs.map { pair -> [String] in
      func layers(_ verdict: Verdict) -> String {
        let found = pair.blocks.filter { $0.verdict == verdict }.compactMap(\.layer)
        return found.isEmpty ? "–" : Words.blocks(found, of: data.layers)
      }
      let cluster = pair.clusters.filter(isShown).map {
        "\($0.layers.lowerBound)–\($0.layers.upperBound) (p = \(Words.probability($0.p)))"
      }
      return ["\(pair.domainA.markup) – \(pair.domainB.markup)"] + verdicts.map(layers)
        + (!hasClusters ? [] : [cluster.isEmpty ? "–" : cluster.joined(separator: ", ")])
    }
    return Self.table(
      ["pair"] + verdicts.map(\.rawValue) + (hasClusters ? ["clusters of blocks"] : []), rows)
  }

  /// Returns a table of the domains: lengths, and texts that were left out, truncated or not finite.
  func domains() -> String {
    let parts = zip(zip(data.record.domains, data.record.profile.domains), data.groups)
    let rows = parts.map { both, groups -> [String] in
      let (domain, profile) = both
      let sorted = domain.texts.map(\.tokens).sorted()
      let range = sorted.first.flatMap { first in
        sorted.last.map { "\(TextTable.count(first)) – \(TextTable.count($0))" }
      }
      return [
        domain.name.markup, TextTable.count(sorted.count), TextTable.count(groups),
        TextTable.count(sorted.reduce(0, +)),
        sorted.isEmpty ? "–" : Words.tokens(Quantile.median(sorted.map(Double.init))), range ?? "–",
        TextTable.count(profile.emptyTexts), TextTable.count(profile.truncatedTexts), TextTable.count(domain.copies),
        TextTable.count(profile.nonFiniteTexts),
      ]
    }
    return Self.table(
      [
        "domain", "texts", "groups", "tokens", "median", "shortest – longest", "skipped, empty", "cut", "copies",
        "not finite",
      ],
      rows,
      numbers: Set(1...9))
  }

  /// Maximum number of places that the page lists; the manifest has more.
  static let incidentLimit = 50

  /// Returns a table of the places with non-finite values; empty if there are none.
  func incidents() -> String {
    let incidents = data.record.profile.incidents
    guard !incidents.isEmpty else { return "" }
    let rows = incidents.prefix(Self.incidentLimit).map { incident -> [String] in
      let found = incident.nonFinite
      return [
        incident.text.domain.markup, TextTable.count(incident.text.index), TextTable.count(found.layer),
        found.cause.words, TextTable.count(found.position), TextTable.count(found.count),
      ]
    }
    return Self.table(
      ["domain", "text", "block", "what", "first token", "count"], Array(rows), numbers: [1, 2, 4, 5])
  }

  /// Returns a table of the texts that each block changed most.
  func mostChanged(_ blocks: [[MostAffectedTexts.Entry]], _ quotes: CorpusQuotes) -> String {
    let rows = blocks.joined().map { entry -> [String] in
      let quote = quotes.quote(domain: entry.domain, index: entry.index)
      let cells = [
        "\(entry.layer)", "\(entry.domain.markup)&nbsp;\(TextTable.count(entry.index))", TextTable.count(entry.tokens),
        Words.number(entry.value),
        entry.mean > 0 ? "\(Words.number(entry.value / entry.mean)) ×" : "–",
      ]
      return quotes.statements.isEmpty ? cells + ["<div class=\"quote\">\((quote ?? "").markup)</div>"] : cells
    }
    let header = ["block", "text", "tokens", "<code>abs_mean</code>", "of the mean"]
    return Self.table(
      quotes.statements.isEmpty ? header + ["begins"] : header, rows, numbers: [0, 2, 3, 4], style: "quotes")
  }

  /// Returns a table of the definitions of the metrics.
  func metrics() -> String {
    Self.table(
      ["metric", "formula", "what it tells"],
      data.record.allMetrics.map { metric in
        let text = metric.definition
        return ["<code>\(metric.rawValue)</code>", text.formula.markup, text.meaning.markup]
      })
  }
}

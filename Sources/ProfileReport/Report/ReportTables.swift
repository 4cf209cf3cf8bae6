import LlamaCore
import Profiler

/// The page's tables.
struct ReportTables {
  let data: ReportData
  let comparisons: [DomainComparison]

  /// A table of cells that are HTML already; `numbers` are the columns set to the right, `style` a class of the page's.
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

  /// Metric by metric: how many verdicts of each kind, and what the negative control says.
  func verdictCounts(_ scope: Scope) -> String {
    let rows = comparisons.filter { $0.scope == scope && !$0.blocks.isEmpty }.map { comparison -> [String] in
      func count(_ verdict: Verdict) -> String {
        TextTable.count(comparison.blocks.count { $0.verdict == verdict })
      }
      let largest = comparison.blocks.filter { $0.verdict == .different && $0.hedgesG.isFinite }
        .max { abs($0.hedgesG) < abs($1.hedgesG) }
      let text = largest.map {
        "\($0.domainA.markup) – \($0.domainB.markup), \(ReportSummary.place($0)), g = \(ReportSummary.number($0.hedgesG))"
      }
      return [
        "<code>\(comparison.metric.rawValue)</code>", count(.different), count(.equivalent), count(.inconclusive),
        ReportSummary.percent(comparison.control.rawShare, 1),
        ReportSummary.percent(comparison.control.differentShare, 1),
        text ?? "–",
      ]
    }
    return Self.table(
      [
        "metric", "different", "equivalent", "inconclusive", "control: p &lt; α", "control: different",
        "largest difference",
      ], rows, numbers: [1, 2, 3, 4, 5])
  }

  /// Pair by pair: the blocks of each verdict for `abs_mean`.
  func pairs(_ scope: Scope) -> String? {
    guard let comparison = comparisons.first(where: { $0.metric == .absMean && $0.scope == scope }),
      !comparison.blocks.isEmpty
    else { return nil }
    let rows = VerdictMap.pairs(comparison).map { pair -> [String] in
      let blocks = comparison.blocks.filter { ($0.domainA, $0.domainB) == pair }
      func layers(_ verdict: Verdict) -> String {
        let found = blocks.filter { $0.verdict == verdict }.compactMap(\.layer)
        return found.isEmpty
          ? "–"
          : found.count == data.layers.count && found.count > 1
            ? "every block" : ReportSummary.blocks(found)
      }
      let bands = comparison.bands.filter {
        ($0.domainA, $0.domainB) == pair && $0.p < comparison.settings.alpha && $0.layers.count > 1
      }
      let band = bands.map {
        "\($0.layers.lowerBound)–\($0.layers.upperBound) (p = \(ReportSummary.probability($0.p)))"
      }
      return [
        "\(pair.a.markup) – \(pair.b.markup)", layers(.different), layers(.equivalent), layers(.inconclusive),
        band.isEmpty ? "–" : band.joined(separator: ", "),
      ]
    }
    return Self.table(["pair", "different", "equivalent", "inconclusive", "bands of blocks"], rows)
  }

  /// Lengths, and what was left out, cut or not finite.
  func domains() -> String {
    let entries = data.record.manifest["domains"]?.array ?? []
    let rows = data.record.domains.map { domain -> [String] in
      let entry = entries.first { $0["name"] == .string(domain.name) }
      func count(_ key: String) -> String { entry?[key]?.integer.map { TextTable.count($0) } ?? "–" }
      let sorted = domain.texts.map(\.tokens).sorted()
      let range = sorted.first.flatMap { first in
        sorted.last.map { "\(TextTable.count(first)) – \(TextTable.count($0))" }
      }
      return [
        domain.name.markup, TextTable.count(sorted.count), TextTable.count(sorted.reduce(0, +)),
        sorted.isEmpty ? "–" : ReportSummary.tokens(Quantile.median(sorted.map(Double.init))), range ?? "–",
        count("empty_texts"), count("truncated_texts"), count("non_finite_texts"),
      ]
    }
    return Self.table(
      ["domain", "texts", "tokens", "median", "shortest – longest", "skipped, empty", "cut", "not finite"], rows,
      numbers: Set(1...7))
  }

  /// The places where values were not finite; empty where there are none.
  func incidents() -> String {
    let entries = data.record.manifest["non_finite"]?.array ?? []
    guard !entries.isEmpty else { return "" }
    let rows = entries.prefix(50).map { entry -> [String] in
      func count(_ key: String) -> String { entry[key]?.integer.map { TextTable.count($0) } ?? "–" }
      let cause = entry["cause"]?.string ?? "–"
      let known = [
        "values": "the model’s values are not finite", "zero_norm": "a token’s vector is all zeros",
        "zero_change": "the block changes nothing, so there is no spectrum",
      ]
      return [
        (entry["domain"]?.string ?? "–").markup, count("text"), count("layer"), known[cause] ?? cause.markup,
        count("position"), count("count"),
      ]
    }
    let total = data.record.manifest["non_finite_blocks"]?.integer ?? entries.count
    let more = total > rows.count ? "<p>The first \(rows.count) of \(TextTable.count(total)).</p>" : ""
    return more
      + Self.table(
        ["domain", "text", "block", "what", "first token", "count"], Array(rows), numbers: [1, 2, 4, 5])
  }

  /// Block by block the texts of the greatest change.
  func moving(_ blocks: [[MovingTexts.Entry]], _ quotes: CorpusQuotes) -> String {
    let rows = blocks.joined().map { entry -> [String] in
      let quote = quotes.quote(domain: entry.domain, index: entry.index)
      let cells = [
        "\(entry.layer)", "\(entry.domain.markup)&nbsp;\(TextTable.count(entry.index))", TextTable.count(entry.tokens),
        ReportSummary.number(entry.value),
        entry.mean > 0 ? "\(ReportSummary.number(entry.value / entry.mean)) ×" : "–",
      ]
      return quotes.absence == nil ? cells + ["<div class=\"quote\">\((quote ?? "").markup)</div>"] : cells
    }
    let header = ["block", "text", "tokens", "<code>abs_mean</code>", "of the mean"]
    return Self.table(
      quotes.absence == nil ? header + ["begins"] : header, rows, numbers: [0, 2, 3, 4], style: "quotes")
  }

  /// What each metric is.
  func metrics() -> String {
    Self.table(
      ["metric", "formula", "what it tells"],
      (data.record.metrics + data.record.textMetrics).map { metric in
        let text = MetricText(metric)
        return ["<code>\(metric.rawValue)</code>", text.formula.markup, text.meaning.markup]
      })
  }
}

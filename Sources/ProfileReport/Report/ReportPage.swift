import LlamaCore
import Profiler

/// The page as HTML: one file, nothing fetched.
struct ReportPage {
  let figures: ReportFigures
  let quotes: CorpusQuotes
  let moving: [Scope: MovingTexts]
  /// When the page was written, as it is to be read.
  let date: String
  private var data: ReportData { figures.data }
  private var tables: ReportTables { ReportTables(data: data, comparisons: figures.comparisons) }
  private var comparisons: [DomainComparison] { figures.comparisons.filter { !$0.blocks.isEmpty } }

  var html: String {
    let model = ReportSummary.name(of: data.record.manifest["model"]?["directory"]?.string ?? "a model")
    let count = data.names.count
    let sections = sections
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      \(OwnFile.htmlMark)
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      script-src 'unsafe-inline'">
      <title>Profile of \(model.markup)</title>
      <style>\(PageStyle.css(series: count))</style>
      <script>document.documentElement.className = "js v\(data.scopes.count - 1)"</script>
      </head>
      <body>
      <svg width="0" height="0" style="position:absolute" aria-hidden="true">\
      \(SeriesStyle.definitions(count: count, isDense: figures.isDense))</svg>
      <header>
      <h1>\(model.markup): what each block does to \(count == 1 ? "a domain" : "\(count) domains")</h1>
      \(Self.navigation(sections))
      </header>
      <main>
      \(summary)
      \(bar)
      \(sections.map { section($0.id, $0.title, $0.html) }.joined(separator: "\n"))
      </main>
      <footer class="quietly">Written by fp-cli \(Version.current), <time>\(date.markup)</time>.</footer>
      <div id="tip" role="status" aria-live="polite"></div>
      <script type="application/json" id="data">\(HoverData(figures: figures).json)</script>
      <script>\(PageScript.source)</script>
      </body>
      </html>

      """
  }

  // MARK: Frame

  private typealias Section = (id: String, title: String, html: String)

  private func section(_ id: String, _ title: String, _ html: String) -> String {
    "<section id=\"\(id)\"><h2>\(title)</h2>\n\(html)\n</section>"
  }

  private static func navigation(_ sections: [Section]) -> String {
    let links = sections.map { "<a href=\"#\($0.id)\">\($0.title)</a>" }
    return "<nav aria-label=\"Sections\">\(links.joined(separator: "\n"))</nav>"
  }

  private var summary: String {
    let summary = ReportSummary(data: data, comparisons: figures.comparisons, rankings: figures.rankings)
    let parts = summary.paragraphs.map { "<div><h3>\($0.title)</h3><p>\($0.html)</p></div>" }
    return "<section id=\"summary\" aria-label=\"Summary\">\n\(parts.joined(separator: "\n"))\n</section>"
  }

  /// The legend and the choice of scope; it stays in sight.
  private var bar: String {
    let chips = data.names.enumerated().map { series, name in
      "<button type=\"button\" class=\"chip\" aria-pressed=\"true\" data-series=\"\(series)\">"
        + "<svg class=\"s\(series)\" width=\"26\" height=\"12\" viewBox=\"0 0 26 12\" aria-hidden=\"true\">"
        + "<path class=\"l\" d=\"M0 6H26\"/><path class=\"k\" transform=\"translate(13 6)\" "
        + "d=\"\(SeriesStyle.shape(series))\"/></svg>\(name.fitted(180, fontSize: 13).markup)</button>"
    }
    let choices = data.scopes.enumerated().map { place, scope in
      "<label><input type=\"radio\" name=\"scope\" value=\"\(place)\"\(place == data.scopes.count - 1 ? " checked" : "")>"
        + "\(scope.phrase)</label>"
    }
    let scope =
      choices.count > 1
      ? "<fieldset class=\"choice\"><legend class=\"quietly\">Tokens</legend>\(choices.joined())</fieldset>" : ""
    return "<div class=\"bar\"><div class=\"chips\" role=\"group\" aria-label=\"Domains shown\">\(chips.joined())</div>"
      + "\(scope)</div>"
  }

  // MARK: Sections

  private var sections: [Section] {
    var sections: [Section] = [("pictures", "Four pictures", pictures)]
    if !comparisons.isEmpty { sections.append(("differences", "Differences", differences)) }
    sections += [
      ("metrics", "Metric by metric", metrics), ("parts", "Attention and MLP", parts),
      ("pruning", "Candidates for pruning", pruning), ("texts", "Texts that moved blocks most", texts),
      ("lengths", "Lengths", lengths), ("exceptions", "Exceptions", exceptions),
      ("definitions", "Definitions", ReportDefinitions(data: data, settings: comparisons.first?.settings).html),
      ("manifest", "Manifest", "<pre>\(manifest)</pre>"),
    ]
    return sections
  }

  /// What `content` makes of each scope, of which the page shows one at a time, and both without a script.
  private func scoped(_ content: (Scope) -> String) -> String {
    data.scopes.enumerated().map { place, scope in "<div class=\"scope\(place)\">\n\(content(scope))\n</div>" }
      .joined(separator: "\n")
  }

  private func grid(_ figures: [ReportFigures.Figure?]) -> String {
    let parts = figures.compactMap(\.self).map { figure in
      "<figure><figcaption><b>\(figure.chart.title.markup)</b><br><span class=\"quietly\">"
        + "\([figure.chart.subtitle, figure.caption].filter { !$0.isEmpty }.joined(separator: ". ").capitalizedFirst.markup)"
        + "</span></figcaption>\n\(figure.chart.inline)</figure>"
    }
    return "<div class=\"figures\">\n\(parts.joined(separator: "\n"))\n</div>"
  }

  private var pictures: String {
    "<p>All domains over the blocks. Point at a chart, or move through it with the arrow keys, to read its numbers.</p>\n"
      + scoped { grid(figures.pictures($0)) }
  }

  private var differences: String {
    scoped { scope in
      let comparison = comparisons.first { $0.metric == .absMean && $0.scope == scope }
      let alpha = comparison?.settings.alpha ?? 0.05
      let blocks = comparison?.omnibus.filter { $0.pPermutation < alpha }.compactMap(\.layer) ?? []
      let omnibus =
        blocks.isEmpty
        ? "At no block an analysis of variance finds any domain to differ from the others (permutation p &lt; \(alpha))."
        : "At \(blocks.count == data.layers.count && blocks.count > 1 ? "every block" : ReportSummary.blocks(blocks)) an "
          + "analysis of variance finds some domain to differ from the others (permutation p &lt; \(alpha))."
      let pairs = tables.pairs(scope).map {
        "<p><code>abs_mean</code>, \(scope.phrase), pair by pair. \(omnibus)</p>\($0)"
      }
      return """
        <p>Every metric, \(scope.phrase): comparisons of all pairs of domains at all blocks, and what the negative control
        (random halves of one domain) says.</p>
        \(tables.verdictCounts(scope))
        \(pairs ?? "")
        """
    }
  }

  private var metrics: String {
    let shown = data.record.metrics.contains(.absMean) ? Metric.absMean : data.record.metrics.first
    let tabs = data.record.metrics.map { metric in
      "<button type=\"button\" aria-pressed=\"\(metric == shown)\" data-panel=\"metric-\(metric.rawValue)\">"
        + "\(metric.rawValue)</button>"
    }
    let panels = data.record.metrics.map { metric in
      let text = MetricText(metric)
      let charts = scoped { scope in
        grid([
          figures.interval(.metric(metric), scope), figures.heatMap(metric, scope), figures.deviationMap(metric, scope),
          figures.verdicts(metric, scope),
        ])
      }
      return """
        <div class="panel\(metric == shown ? " on" : "")" id="metric-\(metric.rawValue)">
        <h3><code>\(metric.rawValue)</code>, \(text.label.markup)</h3>
        <p>\(text.formula.markup). \(text.meaning.markup)</p>
        \(charts)
        </div>
        """
    }
    return "<div class=\"tabs\" role=\"group\" aria-label=\"Metric\">\(tabs.joined())</div>\n"
      + panels.joined(separator: "\n")
  }

  private var parts: String { scoped { grid([figures.interval(.attentionShare, $0)]) } }

  private var pruning: String {
    "<p>The blocks that turn the residual stream least are the first candidates for removal. Similarity is a hint; the "
      + "proof is what the model can do without the block. <code>fp-cli prune</code> prints the list.</p>\n"
      + scoped { scope in
        grid(
          [Metric.blockInfluence, .angularDistance].flatMap {
            [figures.ranking($0, scope), figures.stability($0, scope)]
          })
      }
  }

  private var texts: String {
    let note = quotes.absence.map { "<p>\($0)</p>" } ?? ""
    return note
      + scoped { scope in
        "<p>The three texts of greatest <code>abs_mean</code> at each block, \(scope.phrase), against the mean over all "
          + "texts.</p>\n" + tables.moving(moving[scope]?.blocks ?? [], quotes)
      }
  }

  private var lengths: String {
    "<p>Length is a confounder: where domains differ in it, they may differ in nothing else.</p>\n"
      + grid([figures.lengths()]) + tables.domains()
  }

  private var exceptions: String {
    let counts = data.record.manifest["counts"]
    func count(_ key: String) -> Int { counts?[key]?.integer ?? 0 }
    let sentences = [
      (count("empty_texts"), "without a token, skipped"),
      (count("truncated_texts"), "cut to the longest length allowed"),
      (count("non_finite_texts"), "with values that are not finite, kept out of the statistics at those blocks"),
    ].map { "\(TextTable.count($0.0, "text")) \($0.1)" }
    return "<p>\(sentences.joined(separator: "; ")).</p>\n" + tables.incidents()
  }

  private var manifest: String {
    data.record.manifestText.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).markup }
      .joined(separator: "\n")
  }
}

extension String {
  /// The first letter as a capital, the rest as it is.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

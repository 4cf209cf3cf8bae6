import Foundations
import LlamaCore
import ProfileStore
import Profiler

/// Page as a single HTML file without external resources.
struct ReportPage {
  let figures: ReportFigures
  let quotes: CorpusQuotes
  let moving: [Scope: MostAffectedTexts]
  /// Date of the page, formatted for reading.
  let date: String
  private var data: ReportData { figures.data }
  private var tables: ReportTables { ReportTables(data: data, comparisons: figures.comparisons) }
  private var comparisons: [DomainComparison] { figures.comparisons.filter { !$0.blocks.isEmpty } }

  var html: String {
    let model = Words.name(of: data.record.settings.model)
    let count = data.names.count
    let sections = sections
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      \(OwnFile.htmlMark)
      \(RunOwner.htmlMark(data.record.settings))
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      script-src 'unsafe-inline'">
      <title>Profile of \(model.markup)</title>
      <style>\(PageStyle.css(series: count, scopes: data.scopes.count))</style>
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
      \(sections.map(html).joined(separator: "\n"))
      </main>
      <footer class="quietly">Written by fp-cli \(Version.current), <time>\(date.markup)</time>.</footer>
      <div id="tip" role="status" aria-live="polite"></div>
      <script type="application/json" id="data">\(TooltipData(figures: figures).json)</script>
      <script>\(PageScript.source)</script>
      </body>
      </html>

      """
  }

  // MARK: Frame

  private struct Section {
    let id: String
    let title: String
    /// True if the section follows the chosen scope.
    var isScoped = false
    let html: String
  }

  private func html(_ section: Section) -> String {
    "<section id=\"\(section.id)\"><h2>\(section.title)\(section.isScoped ? scopeNames : "")</h2>\n\(section.html)\n</section>"
  }

  /// Name of the shown scope, as part of a heading.
  private var scopeNames: String {
    data.scopes.enumerated().map { "<span class=\"scope\($0)\">, \($1.phrase)</span>" }.joined()
  }

  private static func navigation(_ sections: [Section]) -> String {
    let links = sections.map { "<a href=\"#\($0.id)\">\($0.title)</a>" }
    return "<nav aria-label=\"Sections\">\(links.joined(separator: "\n"))</nav>"
  }

  private var summary: String {
    let parts = paragraphs.map { part in
      let scope = part.isScoped ? "<span class=\"quietly\">, \(data.mainScope.phrase)</span>" : ""
      return "<div><h3>\(part.title)\(scope)</h3><p>\(part.statements.html)</p></div>"
    }
    return "<section id=\"summary\" aria-label=\"Summary\">\n\(parts.joined(separator: "\n"))\n</section>"
  }

  private var paragraphs: [ReportSummary.Paragraph] {
    ReportSummary(data: data, comparisons: figures.comparisons, rankings: figures.rankings).paragraphs
  }

  /// Legend and choice of scope, which stay in view.
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
    var sections = [Section(id: "pictures", title: "Four pictures", isScoped: true, html: pictures)]
    if !comparisons.isEmpty {
      sections.append(Section(id: "differences", title: "Differences", isScoped: true, html: differences))
    }
    sections += [
      Section(id: "metrics", title: "Metric by metric", isScoped: true, html: metrics),
      Section(id: "parts", title: "Attention and MLP", isScoped: true, html: parts),
      Section(id: "pruning", title: "Candidates for pruning", isScoped: true, html: pruning),
      Section(id: "texts", title: "Texts that moved blocks most", isScoped: true, html: texts),
      Section(id: "lengths", title: "Lengths", html: lengths),
      Section(id: "exceptions", title: "Exceptions", html: exceptions),
      Section(
        id: "definitions", title: "Definitions",
        html: ReportDefinitions(
          data: data, settings: comparisons.first?.settings, verdicts: ReportTables.verdicts(comparisons)
        ).html),
      Section(id: "manifest", title: "Manifest", html: "<pre>\(manifest)</pre>"),
    ]
    return sections
  }

  /// All sentences that depend on the run.
  var statements: [Statement] {
    let captions = figures.all.flatMap { $0.statements + $0.inference }
    let scoped = data.scopes.flatMap { scope in
      tables.omnibus(scope) + tables.moving(moving[scope]?.blocks ?? [], scope)
    }
    return paragraphs.flatMap(\.statements) + captions + scoped + quotes.statements + tables.exceptions
  }

  /// Returns `content` for each scope; the page shows one scope at a time, or all of them without a script.
  private func scoped(_ content: (Scope) -> String) -> String {
    data.scopes.enumerated().map { place, scope in "<div class=\"scope\(place)\">\n\(content(scope))\n</div>" }
      .joined(separator: "\n")
  }

  private func grid(_ figures: [ReportFigures.Figure]) -> String {
    let parts = figures.map { figure in
      let reading = [figure.chart.subtitle.capitalizedFirst, figure.caption].filter { !$0.isEmpty }.joined(
        separator: ". ")
      let caption = ([reading.markup] + figure.statements.map(\.html)).joined(separator: " ")
      let inference = figure.inference.isEmpty ? "" : "<p>\(figure.inference.html)</p>"
      return "<figure><figcaption><b>\(figure.chart.title.markup)</b><br><span class=\"quietly\">\(caption)</span>"
        + "</figcaption>\n\(figure.chart.inline)\(inference)</figure>"
    }
    return "<div class=\"figures\">\n\(parts.joined(separator: "\n"))\n</div>"
  }

  private var pictures: String {
    "<p>All domains over the blocks. Point at a chart, or move through it with the arrow keys, to read its numbers.</p>\n"
      + scoped { grid(figures.pictures($0)) }
  }

  private var differences: String {
    scoped { scope in
      let pairs = tables.pairs(scope).map {
        "<p><code>abs_mean</code>, \(scope.phrase), pair by pair. \(tables.omnibus(scope).html)</p>\($0)"
      }
      return """
        <p>The metrics, \(scope.phrase): comparisons of all pairs of domains at all blocks, and what the negative control
        (random halves of one domain) says.</p>
        \(tables.verdictCounts(scope))
        \(pairs ?? "")
        """
    }
  }

  private var metrics: String {
    let all = data.record.metrics + data.record.textMetrics
    let shown = all.contains(.absMean) ? Metric.absMean : all.first
    let tabs = all.map { metric in
      "<button type=\"button\" aria-pressed=\"\(metric == shown)\" data-panel=\"metric-\(metric.rawValue)\">"
        + "\(metric.rawValue)</button>"
    }
    let panels = all.map { metric in
      let text = metric.definition
      let isOfText = data.record.textMetrics.contains(metric)
      let content =
        isOfText
        ? grid([figures.textValues(metric)]) + tables.textVerdicts(metric)
        : scoped { scope in
          metric.scopes.contains(scope)
            ? grid(figures.panel(metric, scope)) : "<p>Singular values are not taken \(scope.phrase).</p>"
        }
      return """
        <div class="panel\(metric == shown ? " on" : "")" id="metric-\(metric.rawValue)">
        <h3><code>\(metric.rawValue)</code>, \(text.label.markup)\(isOfText ? "" : scopeNames)</h3>
        <p>\(text.formula.markup). \(text.meaning.markup)</p>
        \(content)
        </div>
        """
    }
    return "<div class=\"tabs\" role=\"group\" aria-label=\"Metric\">\(tabs.joined())</div>\n"
      + panels.joined(separator: "\n")
  }

  private var parts: String { scoped { grid([figures.interval(.attentionShare, $0)]) } }

  private var pruning: String {
    "<p>The blocks that turn the residual stream least are the first candidates for removal. Similarity is a hint; the "
      + "proof is what the model can do without the block. <code>fp-cli prune</code> prints such a list, of all tokens unless told "
      + "otherwise.</p>\n"
      + scoped { grid(figures.pruning($0)) }
  }

  private var texts: String {
    let note = quotes.statements.isEmpty ? "" : "<p>\(quotes.statements.html)</p>"
    return note
      + scoped { scope in
        let blocks = moving[scope]?.blocks ?? []
        return "<p>\(tables.moving(blocks, scope).html)</p>\n" + tables.moving(blocks, quotes)
      }
  }

  private var lengths: String {
    "<p>Length is a confounder: where domains differ in it, they may differ in nothing else.</p>\n"
      + grid([figures.lengths()]) + tables.domains()
  }

  private var exceptions: String { "<p>\(tables.exceptions.html)</p>\n" + tables.incidents() }

  private var manifest: String {
    // The peak is known only after the page has been written.
    data.record.manifestText.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains("\"peak_resident_bytes\":") }.map { String($0).markup }
      .joined(separator: "\n")
  }
}

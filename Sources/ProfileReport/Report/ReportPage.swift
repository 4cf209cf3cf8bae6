import Foundations
import LlamaCore
import ProfileStore
import Profiler

/// Page as a single HTML file without external resources.
struct ReportPage {
  let data: ReportData
  /// First screen, and the findings one by one.
  let first: [ReportSummary.Paragraph], paragraphs: [ReportSummary.Paragraph]
  let sections: [ReportSection]

  init(_ figures: ReportFigures, quotes: CorpusQuotes, mostAffected: [Scope: MostAffectedTexts]) {
    data = figures.data
    let summary = ReportSummary(data: figures.data, comparisons: figures.comparisons, rankings: figures.rankings)
    (first, paragraphs) = (summary.first, summary.paragraphs)
    sections = ReportSections(figures: figures, quotes: quotes, mostAffected: mostAffected).all
  }

  /// - Parameter date: date of the page, formatted for reading.
  func html(date: String) -> String {
    let model = Words.name(of: data.record.settings.model)
    let count = data.names.count
    let rules = pictures.map(\.rules).max() ?? 0
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
      <title>\(subject.kind) of \(model.markup)</title>
      <style>\(PageStyle.css(series: count, rules: rules, scopes: data.scopes.count))</style>
      <script>document.documentElement.className = "js v\(data.scopes.count - 1)"</script>
      </head>
      <body>
      <svg width="0" height="0" style="position:absolute" aria-hidden="true">\
      \(SeriesStyle.definitions(count: count, rules: rules, isDense: data.isDense))</svg>
      <header>
      <h1>\(model.markup): \(subject.question) \(count == 1 ? "a domain" : "\(count) domains")</h1>
      \(navigation)
      </header>
      <main>
      <section id="summary" aria-label="Summary">
      \(cards(first))
      </section>
      \(bar)
      <section id="findings"><h2>Findings one by one</h2>
      <div class="cards">
      \(cards(paragraphs))
      </div>
      </section>
      \(sections.map(html).joined(separator: "\n"))
      </main>
      <footer class="muted">Written by fp-cli \(Version.current), <time>\(date.markup)</time>.</footer>
      <div id="tip" role="status" aria-live="polite"></div>
      <script type="application/json" id="data">\(TooltipData(pictures, domains: data.names).json)</script>
      <script>\(PageScript.source)</script>
      </body>
      </html>

      """
  }

  /// Kind of the run, and what its page is about.
  private var subject: (kind: String, question: String) {
    switch data.ablation?.ablation.isSwap {
    case nil: ("Profile", "what each block does to")
    case false: ("Ablation", "what each removal costs")
    case true: ("Swaps", "what another checkpoint’s parts change in")
    }
  }

  // MARK: Frame

  private func html(_ section: ReportSection) -> String {
    "<section id=\"\(section.id)\"><h2>\(section.title)\(section.isScoped ? data.scopeNames : "")</h2>\n\(section.content.html)\n</section>"
  }

  private var navigation: String {
    let places = [("findings", "Findings one by one")] + sections.map { ($0.id, $0.title) }
    let links = places.map { "<a href=\"#\($0.0)\">\($0.1)</a>" }
    return "<nav aria-label=\"Sections\">\(links.joined(separator: "\n"))</nav>"
  }

  private func cards(_ paragraphs: [ReportSummary.Paragraph]) -> String {
    paragraphs.map { part in
      let scope = part.isScoped ? "<span class=\"muted\">, \(data.mainScope.phrase)</span>" : ""
      return "<div><h3>\(part.title)\(scope)</h3><p>\(part.statements.html)</p></div>"
    }.joined(separator: "\n")
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
      ? "<fieldset class=\"choice\"><legend class=\"muted\">Tokens</legend>\(choices.joined())</fieldset>" : ""
    return "<div class=\"bar\"><div class=\"chips\" role=\"group\" aria-label=\"Domains shown\">\(chips.joined())</div>"
      + "\(scope)</div>"
  }

  /// All sentences that depend on the run.
  var statements: [Statement] { (first + paragraphs).flatMap(\.statements) + sections.flatMap(\.content.statements) }

  /// All pictures, in the order of the page.
  var pictures: [Chart] { sections.flatMap(\.content.figures).map(\.chart) }
}

import LlamaCore
import ProfileStore
import Profiler

/// Section of the page.
struct ReportSection {
  let id: String
  let title: String
  /// True if the section follows the chosen scope.
  var isScoped = false
  let content: [PageContent]
}

/// Sections of the page after the summary, in order, with everything that is in them.
struct ReportSections {
  let figures: ReportFigures
  let quotes: CorpusQuotes
  let mostAffected: [Scope: MostAffectedTexts]
  private var data: ReportData { figures.data }
  var tables: ReportTables { ReportTables(data: data, comparisons: figures.comparisons) }

  var all: [ReportSection] {
    let comparisons = figures.comparisons.filter { !$0.blocks.isEmpty }
    let definitions = ReportDefinitions(
      data: data, settings: comparisons.first?.settings, verdicts: ReportTables.verdicts(comparisons))
    // First what the run was made for.
    return [
      removals,
      composition,
      ReportSection(id: "claims", title: "Four claims", isScoped: true, content: claims),
      ReportSection(id: "pictures", title: "Four pictures", isScoped: true, content: pictures),
      comparisons.isEmpty
        ? nil : ReportSection(id: "differences", title: "Differences", isScoped: true, content: [differences]),
      ReportSection(id: "metrics", title: "Metric by metric", isScoped: true, content: metrics),
      ReportSection(id: "parts", title: "Attention and MLP", isScoped: true, content: [parts]),
      ReportSection(id: "pruning", title: "Candidates for pruning", isScoped: true, content: pruning),
      ReportSection(id: "texts", title: "Texts that a block changed most", isScoped: true, content: texts),
      ReportSection(id: "lengths", title: "Lengths", content: lengths),
      ReportSection(id: "exceptions", title: "Exceptions", content: exceptions),
      ReportSection(id: "definitions", title: "Definitions", content: [.html(definitions.html)]),
      ReportSection(id: "manifest", title: "Manifest", content: [.html("<pre>\(manifest)</pre>")]),
    ].compactMap(\.self)
  }

  /// Returns `content` for each scope.
  private func scoped(_ content: (Scope) -> [PageContent]) -> PageContent { .scoped(data.scopes.map(content)) }

  private var claims: [PageContent] {
    [
      .html(
        "<p>What the page that this project began with claims of its model and texts, held against this run.</p>\n"),
      scoped { scope in OriginalClaims(data: data, scope: scope).statements.map { .paragraph([$0]) } },
    ]
  }

  private var pictures: [PageContent] {
    [
      .html(
        "<p>All domains over the blocks. Point at a chart, or move through it with the arrow keys, to read its "
          + "numbers.</p>\n"),
      scoped { [.figures(figures.pictures($0))] },
    ]
  }

  private var differences: PageContent {
    scoped { scope in
      let introduction = """
        <p>The metrics, \(scope.phrase): comparisons of all pairs of domains at all blocks, and what the negative control
        (random halves of one domain) says.</p>
        \(tables.verdictCounts(scope))

        """
      guard let pairs = tables.pairs(scope) else { return [.html(introduction)] }
      return [
        .html(introduction),
        .paragraph(introduction: "<code>abs_mean</code>, \(scope.phrase), pair by pair. ", tables.omnibus(scope)),
        .html(pairs),
      ]
    }
  }

  private var metrics: [PageContent] {
    let all = data.record.allMetrics
    let shown = all.contains(.absMean) ? Metric.absMean : all.first
    let tabs = all.map { metric in
      "<button type=\"button\" aria-pressed=\"\(metric == shown)\" data-panel=\"metric-\(metric.rawValue)\">"
        + "\(metric.rawValue)</button>"
    }
    return [.html("<div class=\"tabs\" role=\"group\" aria-label=\"Metric\">\(tabs.joined())</div>")]
      + all.flatMap { panel($0, isShown: $0 == shown) }
  }

  /// Returns the panel of a metric, which follows others.
  private func panel(_ metric: Metric, isShown: Bool) -> [PageContent] {
    let text = metric.definition
    let isOfText = data.record.textMetrics.contains(metric)
    let head = """

      <div class="panel\(isShown ? " on" : "")" id="metric-\(metric.rawValue)">
      <h3><code>\(metric.rawValue)</code>, \(text.label.markup)\(isOfText ? "" : data.scopeNames)</h3>
      <p>\(text.formula.markup). \(text.meaning.markup)</p>

      """
    let content =
      isOfText
      ? [.figures([figures.textValues(metric)]), .html(tables.textVerdicts(metric))]
      : [
        scoped { scope in
          metric.scopes.contains(scope)
            ? [.figures(figures.panel(metric, scope))]
            : [.html("<p>Singular values are not taken \(scope.phrase).</p>")]
        }
      ]
    return [.html(head)] + content + [.html("\n</div>")]
  }

  private var parts: PageContent { scoped { [.figures([figures.interval(.attentionShare, $0)])] } }

  private var pruning: [PageContent] {
    [
      .html(
        "<p>The blocks that turn the residual stream least are the first candidates for removal. Similarity is a hint; the "
          + "proof is what the model can do without the block, which <code>fp-cli ablate</code> measures. <code>fp-cli prune</code> "
          + "prints such a list, of all tokens unless told otherwise; of a run with the proof it goes by that.</p>\n"),
      scoped { [.figures(figures.pruning($0))] },
    ]
  }

  private var texts: [PageContent] {
    (quotes.statements.isEmpty ? [] : [.paragraph(quotes.statements)]) + [
      scoped { scope in
        let blocks = mostAffected[scope]?.blocks ?? []
        return [.paragraph(tables.mostChanged(blocks, scope)), .html("\n" + tables.mostChanged(blocks, quotes))]
      }
    ]
  }

  private var lengths: [PageContent] {
    [
      .html("<p>Length is a confounder: where domains differ in it, they may differ in nothing else.</p>\n"),
      .figures([figures.lengths()]), .html(tables.domains()),
    ]
  }

  private var exceptions: [PageContent] { [.paragraph(tables.exceptions), .html("\n" + tables.incidents())] }

  private var manifest: String {
    // The peak is known only after the page has been written.
    data.record.manifestText.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains("\"peak_resident_bytes\":") }.map { String($0).markup }
      .joined(separator: "\n")
  }
}

extension ReportData {
  /// Names of the scopes, of which the page shows the chosen one, as part of a heading.
  var scopeNames: String {
    scopes.enumerated().map { "<span class=\"scope\($0)\">, \($1.phrase)</span>" }.joined()
  }
}

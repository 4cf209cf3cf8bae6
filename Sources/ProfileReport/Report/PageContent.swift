/// Content of the page in its order. The page is laid out from it, the pictures are written as files from it and the
/// sentences gathered from it, so that none of the three has what another lacks.
indirect enum PageContent {
  /// Words that are the same for every run, tables and frames.
  case html(String)
  /// Paragraph of an introduction and of sentences that depend on the run.
  case paragraph(introduction: String = "", [Statement])
  case figures([ReportFigures.Figure])
  /// Content for each scope; the page shows one scope at a time, or all of them without a script.
  case scoped([[PageContent]])

  var html: String {
    switch self {
    case .html(let text): text
    case .paragraph(let introduction, let statements): "<p>\(introduction)\(statements.html)</p>"
    case .figures(let figures):
      "<div class=\"figures\">\n\(figures.map(\.html).joined(separator: "\n"))\n</div>"
    case .scoped(let contents):
      contents.enumerated().map { place, content in "<div class=\"scope\(place)\">\n\(content.html)\n</div>" }
        .joined(separator: "\n")
    }
  }
}

extension [PageContent] {
  var html: String { map(\.html).joined() }

  /// Pictures in the order of the page.
  var figures: [ReportFigures.Figure] {
    flatMap { content -> [ReportFigures.Figure] in
      switch content {
      case .html, .paragraph: []
      case .figures(let figures): figures
      case .scoped(let contents): contents.flatMap(\.figures)
      }
    }
  }

  /// Sentences that depend on the run, with those of the pictures, in the order of the page.
  var statements: [Statement] {
    flatMap { content -> [Statement] in
      switch content {
      case .html: []
      case .paragraph(_, let statements): statements
      case .figures(let figures): figures.flatMap { $0.statements + $0.inference }
      case .scoped(let contents): contents.flatMap(\.statements)
      }
    }
  }
}

extension ReportFigures.Figure {
  /// Figure with its captions.
  var html: String {
    let reading = [chart.subtitle.capitalizedFirst, caption].filter { !$0.isEmpty }.joined(separator: ". ")
    let caption = ([reading.markup] + statements.map(\.html)).joined(separator: " ")
    let inference = inference.isEmpty ? "" : "<p>\(inference.html)</p>"
    return "<figure><figcaption><b>\(chart.title.markup)</b><br><span class=\"muted\">\(caption)</span>"
      + "</figcaption>\n\(chart.inline)\(inference)</figure>"
  }
}

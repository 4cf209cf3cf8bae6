/// Drawn chart, either part of the page or a file of its own.
struct Chart {
  /// Part of the chart that shows a tooltip under the pointer.
  struct Hover {
    /// Kind of chart: `lines`, `grid`, `deviation`, `verdict`, `bars`, `least`, `ranks`, `dots` or `points`.
    let kind: String
    let tooltip: Tooltip
    /// Plot rectangle in the chart's coordinates.
    let x, y, width, height: Double
    /// Columns and rows of the plot; 1 if the direction is not divided.
    let columns, rows: Int
    /// Places of the columns of a chart whose values lie anywhere in the plot; empty for equal cells.
    var points: [(x: Double, y: Double)] = []
  }

  /// File name without extension; unique among the charts.
  let name: String
  let title: String
  /// Detail that the title omits, such as the scope.
  var subtitle = ""
  let height: Double
  /// SVG elements, without the enclosing `svg`.
  let body: String
  var hover: Hover?
  /// Number of series that are rules and no domains.
  var rules = 0

  /// Width of every chart, in its own units. Shown slightly smaller on a phone and slightly larger on a desktop.
  static let width = 420.0

  private var viewBox: String { "0 0 \(SVGText.number(Self.width)) \(SVGText.number(height))" }

  private var label: String { subtitle.isEmpty ? title : "\(title), \(subtitle)" }

  /// SVG element for the page, which supplies the style and the markers.
  var inline: String {
    var attributes = "class=\"chart\" viewBox=\"\(viewBox)\" role=\"img\" aria-label=\"\(label.markup)\""
    if let hover {
      let plot = [hover.x, hover.y, hover.width, hover.height].map(SVGText.number).joined(separator: " ")
      attributes += " tabindex=\"0\" data-kind=\"\(hover.kind)\" data-key=\"\(name)\" data-plot=\"\(plot)\""
      attributes += " data-cells=\"\(hover.columns) \(hover.rows)\""
      if !hover.points.isEmpty {
        let points = hover.points.map { "\(SVGText.number($0.x)) \(SVGText.number($0.y))" }
        attributes += " data-points=\"\(points.joined(separator: ","))\""
      }
    }
    return "<svg \(attributes)>\(body)</svg>"
  }

  /// Returns a standalone SVG file on white, with the title above the chart.
  func file(series: Int, isDense: Bool) -> String {
    let margin = subtitle.isEmpty ? 26.0 : 40.0
    let size = (SVGText.number(Self.width), SVGText.number(height + margin))
    var svg = SVGText()
    svg.open(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 \(SVGText.number(-margin)) \(size.0) \(size.1)",
        "width": size.0, "height": size.1,
      ])
    svg.append("<title>\(label.markup)</title>\(OwnFile.svgMark)")
    svg.append("<style>\(ChartStyle.css(ink: "#000000", paper: "#ffffff"))\n")
    svg.append(SeriesStyle.css(count: series, ink: "#000000"))
    svg.append("\(SeriesStyle.css(count: rules, ink: "#000000", .rules))</style>")
    svg.append(SeriesStyle.definitions(count: series, rules: rules, isDense: isDense))
    svg.rectangle(x: 0, y: -margin, width: Self.width, height: height + margin, style: "paper")
    svg.label(title.fitted(Self.width - 12, fontSize: 12.5), x: 6, y: 16 - margin, style: "title")
    svg.label(subtitle.fitted(Self.width - 12, fontSize: 11), x: 6, y: 31 - margin, style: "quiet")
    svg.append(body)
    svg.close("svg")
    return svg.text + "\n"
  }
}

/// Style sheet of the drawn elements.
enum ChartStyle {
  /// Plain rules without CSS variables, which not all print software supports.
  static func css(ink: String, paper: String) -> String {
    """
    text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:\(ink)}
    text.title{font-size:12.5px;font-weight:600}text.quiet{fill-opacity:.75}
    .paper{fill:\(paper)}.axis{stroke:\(ink);stroke-opacity:.55;fill:none}
    .rule{stroke:\(ink);stroke-opacity:.13;fill:none}.zero{stroke:\(ink);stroke-opacity:.75;fill:none}
    .l{fill:none;stroke-width:1.6;stroke-linejoin:round}.b{fill-opacity:.13}.k{stroke:\(paper);stroke-width:.5}
    .d{fill:none;stroke-width:1.4}.dots{stroke-linecap:round;stroke-width:4;stroke-opacity:.55}
    .value{fill:#56B4E9}.tick{stroke:\(ink);stroke-width:1.3;fill:none}.box{fill:\(ink);fill-opacity:.1}
    .gap{stroke:\(paper);stroke-width:.7;fill:none}.more{fill:#D55E00}.less{fill:#0072B2}.mark{stroke:#fff;stroke-width:1.2;fill:none}
    .same{stroke:#009E73;stroke-width:1.5;fill:none}.open{stroke:\(ink);stroke-opacity:.5;stroke-width:3.2;stroke-linecap:round;fill:none}
    .void{stroke:\(ink);stroke-opacity:.55;fill:none}.none{fill:\(ink);fill-opacity:.06}.cluster{stroke:\(ink);stroke-width:1.3;fill:none}
    """
  }
}

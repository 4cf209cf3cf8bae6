/// Grid of coloured cells, with the colour scale below.
struct GridChart {
  let name, title, subtitle: String
  let rows: [String]
  /// Title of the column axis.
  let columnTitle: String
  let columns: Range<Int>
  /// Values by row and column; nil for an empty cell.
  let cells: [[Double?]]
  /// Quantity that the colours encode, with its unit.
  let meaning: String
  /// True if the colour scale is symmetric about 0.
  let isDiverging: Bool
  /// Range of the colour scale, if known beforehand.
  var range: ClosedRange<Double>?
  let kind: String
  let tooltip: Tooltip
  private static let rowHeight = 18.0

  var chart: Chart {
    var svg = SVGText()
    let labelWidth = min(150, (rows.map { $0.width(fontSize: 11) }.max() ?? 0) + 10)
    let axis = BlockAxis(
      layers: columns, x: labelWidth + 4, y: 8, width: Chart.width - labelWidth - 14,
      height: Double(rows.count) * Self.rowHeight)
    let scale = self.scale
    let ramp = isDiverging ? ColorRamp.diverging : ColorRamp.sequential
    svg.rectangle(x: axis.x, y: axis.y, width: axis.width, height: axis.height, style: "none")
    // One path per colour: a separate element for each of a thousand cells would make the page large.
    var paths = Array(repeating: "", count: ColorRamp.steps)
    for (row, values) in cells.enumerated() {
      for (column, value) in values.enumerated() {
        guard let value else { continue }
        paths[ColorRamp.step(scale.fraction(value))] += "M\(column) \(row)h1v1h-1z"
      }
    }
    svg.open(
      "g",
      [
        "transform": "translate(\(SVGText.number(axis.x)) \(SVGText.number(axis.y))) "
          + "scale(\(axis.step) \(Self.rowHeight))", "shape-rendering": "crispEdges",
      ])
    for (step, path) in paths.enumerated() where !path.isEmpty {
      svg.element("path", ["fill": ramp.color(step: step), "d": path])
    }
    svg.close("g")
    for (row, label) in rows.enumerated() {
      svg.label(
        label.fitted(labelWidth, fontSize: 11), x: labelWidth, y: axis.y + (Double(row) + 0.5) * Self.rowHeight + 4,
        anchor: "end")
    }
    axis.draw(in: &svg, title: columnTitle)
    legend(scale, in: &svg, x: axis.x, y: axis.bottom + 6, width: axis.width)
    return Chart(
      name: name, title: title, subtitle: subtitle, height: axis.bottom + 56, body: svg.text,
      hover: Chart.Hover(
        kind: kind, tooltip: tooltip, x: axis.x, y: axis.y, width: axis.width, height: axis.height,
        columns: columns.count,
        rows: rows.count))
  }

  private var scale: AxisScale {
    let values = cells.joined().compactMap(\.self)
    if let range { return AxisScale(linear: [range.lowerBound, range.upperBound], includesZero: false) }
    if isDiverging {
      let reach = values.map(abs).max() ?? 0
      return AxisScale(linear: reach > 0 ? [-reach, reach] : [-1, 1], includesZero: true)
    }
    // With one block far above the others, a linear scale would show nothing but that block.
    if AxisScale.spansDecades(values) { return AxisScale(logarithmic: values) }
    return AxisScale(linear: values, includesZero: false)
  }

  private func legend(
    _ scale: AxisScale, in svg: inout SVGText, x: Double, y: Double, width: Double
  ) {
    svg.element(
      "rect",
      [
        "x": SVGText.number(x), "y": SVGText.number(y), "width": SVGText.number(width), "height": "9",
        "fill": "url(#\(isDiverging ? "diverging" : "sequential"))",
      ])
    let labels = TickLabels(scale, x: x, width: width)
    for place in labels.places { svg.line(place.tick, y + 9, place.tick, y + 12, style: "axis") }
    labels.draw(in: &svg, y: y + 23)
    svg.label(meaning + scale.note, x: Chart.width - 8, y: y + 40, anchor: "end", style: "quiet")
  }
}

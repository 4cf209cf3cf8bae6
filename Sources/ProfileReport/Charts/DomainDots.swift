import Profiler
import Statistics

/// Chart of one value per text, by domain: a dot for each text, a box between the quartiles, a line at the median.
struct DomainDots {
  let name, title: String
  /// Quantity and unit of the values.
  let axis: String
  let names: [String]
  /// Values per domain, ascending.
  let values: [[Double]]
  private static let rowHeight = 24.0

  /// Minimum, quartiles and maximum of a domain; nil if there are no values.
  private static func summary(_ values: [Double]) -> [Double]? {
    values.isEmpty ? nil : [0, 0.25, 0.5, 0.75, 1].map { Quantile.of(values, $0) }
  }

  var chart: Chart {
    var svg = SVGText()
    let labelWidth = min(140, (names.map { $0.width(fontSize: 11) }.max() ?? 0) + 8)
    let x = labelWidth + 8
    let y = 8.0
    let width = Chart.width - x - 14
    let height = Double(names.count) * Self.rowHeight
    let all = Array(values.joined())
    let scale =
      AxisScale.spansDecades(all)
      ? AxisScale(logarithmic: all) : AxisScale(linear: all, includesZero: LineChart.wantsZero(all))
    func position(_ value: Double) -> Double { x + scale.fraction(value) * width }
    for tick in scale.ticks { svg.line(position(tick), y, position(tick), y + height, style: "rule") }
    TickLabels(scale, x: x, width: width).draw(in: &svg, y: y + height + 14)
    for (row, values) in values.enumerated() {
      let middle = y + (Double(row) + 0.5) * Self.rowHeight
      svg.label(
        names[row].fitted(labelWidth, fontSize: 11), x: labelWidth, y: middle + 4, anchor: "end")
      guard let summary = Self.summary(values)?.map(position) else { continue }
      svg.rectangle(x: summary[1], y: middle - 8, width: max(1, summary[3] - summary[1]), height: 16, style: "box")
      // Dots of equal values are offset sideways, deterministically.
      let dots = values.enumerated().map { place, value in
        let offset = Double((place * 3) % 7 - 3) * 2
        return "M\(SVGText.number(position(value))) \(SVGText.number(middle + offset))h0"
      }
      svg.open("g", ["class": "s\(row)"])
      svg.path(dots.joined(), "d dots")
      svg.close("g")
      svg.line(summary[2], middle - 10, summary[2], middle + 10, style: "tick")
    }
    svg.label(axis + scale.note, x: x + width, y: y + height + 29, anchor: "end", style: "quiet")
    return Chart(
      name: name, title: title, height: y + height + 38, body: svg.text,
      hover: Chart.Hover(
        kind: "dots", tooltip: tooltip, x: x, y: y, width: width, height: height, columns: 1, rows: names.count))
  }

  private var tooltip: Tooltip {
    let summaries = values.map(Self.summary)
    func column(_ place: Int) -> [[String]] { summaries.map { [TooltipText.number($0?[place])] } }
    return Tooltip(
      rows: names,
      lines: [
        Tooltip.Line("texts", values.map { ["\($0.count)"] }), Tooltip.Line("median", column(2)),
        Tooltip.Line("middle half", column(1), column(3), joiner: " to "),
        Tooltip.Line("least, most", column(0), column(4), joiner: ", "),
      ])
  }
}

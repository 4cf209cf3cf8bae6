import Profiler

/// How many tokens the texts of each domain have: a dot for each text, a box from quartile to quartile, a line at the
/// median.
struct LengthChart {
  let name, title: String
  let names: [String]
  /// Domain by domain, ascending.
  let lengths: [[Int]]
  private static let rowHeight = 24.0

  var chart: Chart {
    var svg = SVGText()
    let labelWidth = min(140, (names.map { $0.width(fontSize: 11) }.max() ?? 0) + 8)
    let x = labelWidth + 8
    let y = 8.0
    let width = Chart.width - x - 14
    let height = Double(names.count) * Self.rowHeight
    let all = lengths.joined().map(Double.init)
    let isWide = (all.max() ?? 1) > 20 * (all.min() ?? 1)
    let scale = isWide ? AxisScale(logarithmic: all) : AxisScale(linear: all, includesZero: true)
    func position(_ value: Double) -> Double { x + scale.fraction(value) * width }
    for tick in scale.ticks {
      svg.line(position(tick), y, position(tick), y + height, style: "rule")
      svg.label(scale.label(tick), x: position(tick), y: y + height + 14, anchor: "middle")
    }
    for (row, lengths) in lengths.enumerated() {
      let middle = y + (Double(row) + 0.5) * Self.rowHeight
      svg.label(
        names[row].fitted(labelWidth, fontSize: 11), x: labelWidth, y: middle + 4, anchor: "end")
      guard !lengths.isEmpty else { continue }
      let quartiles = [0.25, 0.5, 0.75].map { position(Quantile.of(lengths.map(Double.init), $0)) }
      svg.rectangle(
        x: quartiles[0], y: middle - 8, width: max(1, quartiles[2] - quartiles[0]), height: 16, style: "box")
      // Dots of equal lengths step aside, the same way every time.
      let dots = lengths.enumerated().map { place, length in
        let offset = Double((place * 3) % 7 - 3) * 2
        return "M\(SVGText.number(position(Double(length)))) \(SVGText.number(middle + offset))h0"
      }
      svg.open("g", ["class": "s\(row)"])
      svg.path(dots.joined(), "d dots")
      svg.close("g")
      svg.line(quartiles[1], middle - 10, quartiles[1], middle + 10, style: "tick")
    }
    let unit = "tokens of a text" + scale.factor + (isWide ? ", log scale" : "")
    svg.label(unit, x: x + width, y: y + height + 29, anchor: "end", style: "quiet")
    return Chart(
      name: name, title: title, height: y + height + 38, body: svg.text,
      hover: Chart.Hover(
        kind: "lengths", key: "", x: x, y: y, width: width, height: height, columns: 1, rows: names.count))
  }
}

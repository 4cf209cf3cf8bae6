/// Blocks in ascending order of a value: a bar from 0 for each, with an interval; or a dot if the values span decades,
/// since a logarithmic axis has no 0.
struct RankedBars {
  struct Bar {
    let layer: Int
    let value: Double
    /// Interval of the value; nil if there is none.
    let interval: ClosedRange<Double>?
    /// Share of resamples in which the block is the least; nil if unknown.
    let leastShare: Double?
  }

  let name, title, subtitle: String
  let axis: String
  let bars: [Bar]
  private static let rowHeight = 15.0

  var scale: AxisScale {
    let values = bars.flatMap { [$0.value] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }
    return AxisScale.spansDecades(values)
      ? AxisScale(logarithmic: values) : AxisScale(linear: values, includesZero: true)
  }

  var chart: Chart {
    var svg = SVGText()
    let x = 34.0
    let y = 28.0
    let width = Chart.width - x - 16
    let height = Double(bars.count) * Self.rowHeight
    let scale = scale
    func position(_ value: Double) -> Double { x + scale.fraction(value) * width }
    for tick in scale.ticks {
      svg.line(position(tick), y, position(tick), y + height, style: tick == 0 ? "zero" : "rule")
    }
    TickLabels(scale, x: x, width: width).draw(in: &svg, y: y + height + 14)
    svg.label("block", x: 2, y: y - 8, style: "quiet")
    svg.label(axis + scale.note, x: x + width, y: y + height + 29, anchor: "end", style: "quiet")
    for (row, bar) in bars.enumerated() {
      let middle = y + (Double(row) + 0.5) * Self.rowHeight
      svg.label("\(bar.layer)", x: x - 6, y: middle + 4, anchor: "end")
      if scale.isLogarithmic {
        svg.line(x, middle, x + width, middle, style: "rule")
        svg.rectangle(x: position(bar.value) - 4, y: middle - 4, width: 8, height: 8, style: "value")
      } else {
        let ends = [position(0), position(bar.value)].sorted()
        svg.rectangle(
          x: ends[0], y: middle - Self.rowHeight * 0.36, width: ends[1] - ends[0], height: Self.rowHeight * 0.72,
          style: "value")
      }
      guard let interval = bar.interval else { continue }
      let (low, high) = (position(interval.lowerBound), position(interval.upperBound))
      svg.line(low, middle, high, middle, style: "tick")
      for end in [low, high] { svg.line(end, middle - 3, end, middle + 3, style: "tick") }
    }
    return Chart(
      name: name, title: title, subtitle: subtitle, height: y + height + 38, body: svg.text,
      hover: Chart.Hover(
        kind: "bars", tooltip: tooltip, x: x, y: y, width: width, height: height, columns: 1, rows: bars.count))
  }

  private var tooltip: Tooltip {
    var lines = [Tooltip.Line("value", bars.map { [TooltipText.number($0.value)] })]
    if bars.contains(where: { $0.interval != nil }) {
      func ends(_ end: (ClosedRange<Double>) -> Double) -> [[String]] {
        bars.map { [TooltipText.number($0.interval.map(end))] }
      }
      lines.append(Tooltip.Line("95 % interval", ends(\.lowerBound), ends(\.upperBound), joiner: " to "))
    }
    let isKnown = bars.contains { $0.leastShare != nil }
    lines.append(
      Tooltip.Line(
        "least in", bars.map { [TooltipText.percent($0.leastShare)] }, unit: isKnown ? TooltipText.ofDraws : ""))
    return Tooltip(rows: bars.map { "block \($0.layer)" }, lines: lines)
  }
}

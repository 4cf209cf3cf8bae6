/// Vertical axis on the left of a chart, with horizontal rules across it.
struct ValueAxis {
  let scale: AxisScale
  let title: String
  /// Plot rectangle in the chart's coordinates.
  let x, y, width, height: Double

  func position(_ value: Double) -> Double { y + (1 - scale.fraction(value)) * height }

  /// Draws ticks, rules, the zero line if the axis includes 0, and the title above the plot.
  func draw(in svg: inout SVGText) {
    for tick in scale.ticks {
      let isZero = tick == 0
      svg.line(x, position(tick), x + width, position(tick), style: isZero ? "zero" : "rule")
      svg.label(scale.label(tick), x: x - 6, y: position(tick) + 4, anchor: "end")
    }
    svg.line(x, y, x, y + height, style: "axis")
    svg.label(title + scale.note, x: 6, y: y - 10, style: "quiet")
  }
}

/// The values along the left of a chart, with rules across it.
struct ValueAxis {
  let scale: AxisScale
  let title: String
  /// The plot in the chart's coordinates.
  let x, y, width, height: Double

  func position(_ value: Double) -> Double { y + (1 - scale.fraction(value)) * height }

  /// Ticks, rules, the zero line where the axis has one, and the title above the plot.
  func draw(in svg: inout SVGText) {
    for tick in scale.ticks {
      let isZero = !scale.isLogarithmic && tick == 0
      svg.line(x, position(tick), x + width, position(tick), style: isZero ? "zero" : "rule")
      svg.label(scale.label(tick), x: x - 6, y: position(tick) + 4, anchor: "end")
    }
    svg.line(x, y, x, y + height, style: "axis")
    svg.label(title + scale.note, x: 6, y: y - 10, style: "quiet")
  }
}

/// Line chart over the blocks, one line per domain, each with a band.
struct LineChart {
  /// Value at a block and half-width of the band; nil for no band.
  struct Point {
    let value: Double
    let half: Double?
  }

  let name, title, subtitle: String
  /// Quantity on the axis, with its unit.
  let axis: String
  let layers: Range<Int>
  /// Points by series and block; nil if there is no value.
  let points: [[Point?]]
  let names: [String]
  /// True if the axis begins at 0 even when the values are far from it.
  let includesZero: Bool
  /// Value of a horizontal reference line, such as an even share.
  var reference: Double?

  /// True if an axis over these values should include 0: either that costs little room, or the sign matters.
  static func wantsZero(_ values: [Double]) -> Bool {
    guard let low = values.min(), let high = values.max() else { return true }
    return low <= 0 || low < 0.5 * high
  }

  /// Axis scale, logarithmic if the values span decades. A band that reaches 0 or below does not affect the choice and
  /// is clipped.
  var scale: AxisScale {
    let points = points.joined().compactMap(\.self)
    let values = points.map(\.value) + (reference.map { [$0] } ?? [])
    let upper = points.map { $0.value + ($0.half ?? 0) }
    let lower = points.map { $0.value - ($0.half ?? 0) }
    guard AxisScale.spansDecades(values), let least = values.min() else {
      return AxisScale(linear: values + upper + lower, includesZero: includesZero)
    }
    return AxisScale(logarithmic: values + upper + lower.filter { $0 > 0.5 * least })
  }

  var chart: Chart {
    var svg = SVGText()
    let legend = ChartLegend(names: names, width: Chart.width - 16)
    let blocks = BlockAxis(layers: layers, x: 56, y: 26, width: Chart.width - 66, height: 216)
    let values = ValueAxis(
      scale: scale, title: axis, x: blocks.x, y: blocks.y, width: blocks.width, height: blocks.height)
    values.draw(in: &svg)
    blocks.draw(in: &svg)
    if let reference {
      svg.line(
        blocks.x, values.position(reference), blocks.x + blocks.width, values.position(reference), style: "zero")
    }
    for (series, points) in points.enumerated() {
      svg.open("g", ["class": "s\(series)"])
      for run in Self.runs(points) {
        svg.path(band(run, blocks, values), "b")
        let line = run.map { place($0.column, $0.point.value, blocks, values) }.joined(separator: "L")
        let marker = "url(#m\(series))"
        svg.element(
          "path",
          [
            "class": "l", "d": "M\(line)", "marker-start": marker, "marker-mid": marker,
            // A single point is both start and end, so a second marker would cover the first.
            "marker-end": run.count > 1 ? marker : "none",
          ])
      }
      svg.close("g")
    }
    legend.draw(in: &svg, x: 8, y: blocks.bottom + 2)
    return Chart(
      name: name, title: title, subtitle: subtitle, height: blocks.bottom + legend.height + 8, body: svg.text,
      hover: Chart.Hover(
        kind: "lines", tooltip: tooltip, x: blocks.x, y: blocks.y, width: blocks.width, height: blocks.height,
        columns: layers.count, rows: 1))
  }

  private var tooltip: Tooltip {
    let halves = points.map { $0.map { point in point?.half.map { TooltipText.number($0, digits: 3) } ?? "" } }
    return Tooltip(
      columns: layers.map { "block \($0)" },
      lines: [Tooltip.Line("", TooltipText.numbers(points.map { $0.map { $0?.value } }), halves, joiner: " ± ")],
      listsDomains: true)
  }

  private typealias Run = [(column: Int, point: Point)]

  /// Splits the points into runs without gaps.
  private static func runs(_ points: [Point?]) -> [Run] {
    var runs: [Run] = [[]]
    for (column, point) in points.enumerated() {
      if let point { runs[runs.count - 1].append((column, point)) } else { runs.append([]) }
    }
    return runs.filter { !$0.isEmpty }
  }

  private func place(_ column: Int, _ value: Double, _ blocks: BlockAxis, _ values: ValueAxis) -> String {
    "\(SVGText.number(blocks.center(column))) \(SVGText.number(values.position(value)))"
  }

  /// Returns the outline of the band: forwards along its upper edge, back along its lower edge. The band of a single
  /// block is a bar.
  private func band(_ run: Run, _ blocks: BlockAxis, _ values: ValueAxis) -> String {
    var edges: (upper: [String], lower: [String]) = ([], [])
    for (column, point) in run {
      guard let half = point.half else { continue }
      let shifts = run.count > 1 ? [0] : [-3.0, 3]
      for shift in shifts {
        let x = SVGText.number(blocks.center(column) + shift)
        edges.upper.append("\(x) \(SVGText.number(values.position(point.value + half)))")
        edges.lower.append("\(x) \(SVGText.number(values.position(point.value - half)))")
      }
    }
    guard edges.upper.count > 1 else { return "" }
    return "M" + (edges.upper + edges.lower.reversed()).joined(separator: "L") + "Z"
  }
}

/// Line chart over the blocks, one line per domain, each with a band; or over other columns and of other series.
struct LineChart {
  /// Value at a block and half-width of the band; nil for no band.
  struct Point {
    let value: Double
    let half: Double?
    /// Band whose halves differ.
    var interval: ClosedRange<Double>?

    /// Ends of the band; nil for no band.
    var low: Double? { interval?.lowerBound ?? half.map { value - $0 } }
    var high: Double? { interval?.upperBound ?? half.map { value + $0 } }
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
  /// Value up to which an axis over decades is linear, for values that may be 0 or below; nil if they are not.
  var linearWithin: Double?
  /// What the columns are.
  var columnTitle = "block"
  var columnName: (Int) -> String = { "block \($0)" }
  /// What the series are. Those that are no domains are listed by ``names`` in the tooltip.
  var kind = SeriesStyle.Kind.domains

  /// True if an axis over these values should include 0: either that costs little room, or the sign matters.
  static func wantsZero(_ values: [Double]) -> Bool {
    guard let low = values.min(), let high = values.max() else { return true }
    return low <= 0 || low < 0.5 * high
  }

  /// Axis scale, logarithmic if the values span decades. A band that reaches 0 or below does not affect the choice, and
  /// is clipped unless there is room for both signs.
  var scale: AxisScale {
    let points = points.joined().compactMap(\.self)
    let values = points.map(\.value) + (reference.map { [$0] } ?? [])
    let upper = points.map { $0.high ?? $0.value }
    let lower = points.map { $0.low ?? $0.value }
    if let linearWithin {
      guard AxisScale.spansDecades(values, beyond: linearWithin) else {
        return AxisScale(linear: values + upper + lower, includesZero: includesZero)
      }
      return AxisScale(logarithmic: values + upper + lower, beyond: linearWithin)
    }
    guard AxisScale.spansDecades(values), let least = values.min() else {
      return AxisScale(linear: values + upper + lower, includesZero: includesZero)
    }
    return AxisScale(logarithmic: values + upper + lower.filter { $0 > 0.5 * least })
  }

  var chart: Chart {
    var svg = SVGText()
    let legend = ChartLegend(names: names, width: Chart.width - 16, kind: kind)
    let blocks = BlockAxis(layers: layers, x: 56, y: 26, width: Chart.width - 66, height: 216)
    let values = ValueAxis(
      scale: scale, title: axis, x: blocks.x, y: blocks.y, width: blocks.width, height: blocks.height)
    values.draw(in: &svg)
    blocks.draw(in: &svg, title: columnTitle)
    if let reference {
      svg.line(
        blocks.x, values.position(reference), blocks.x + blocks.width, values.position(reference), style: "zero")
    }
    for (series, points) in points.enumerated() {
      svg.open("g", ["class": "\(kind.style)\(series)"])
      for run in Self.runs(points) {
        svg.path(band(run, blocks, values), "b")
        let line = run.map { place($0.column, $0.point.value, blocks, values) }.joined(separator: "L")
        let marker = "url(#\(kind.marker)\(series))"
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
        columns: layers.count, rows: 1), rules: kind == .rules ? names.count : 0)
  }

  private var tooltip: Tooltip {
    let values = TooltipText.numbers(points.map { $0.map { $0?.value } })
    let hasIntervals = points.joined().contains { $0?.interval != nil }
    let bands = points.map { $0.map(Self.band) }
    let joiner = hasIntervals ? ", " : " ± "
    let columns = layers.map(columnName)
    guard kind != .domains else {
      return Tooltip(columns: columns, lines: [Tooltip.Line("", values, bands, joiner: joiner)], listsDomains: true)
    }
    return Tooltip(
      columns: columns,
      lines: names.indices.map { Tooltip.Line(names[$0], [values[$0]], [bands[$0]], joiner: joiner) })
  }

  /// Returns the half-width of a band or its ends; empty for no band.
  private static func band(_ point: Point?) -> String {
    func text(_ value: Double) -> String { TooltipText.number(value, digits: 3) }
    if let interval = point?.interval { return "\(text(interval.lowerBound)) to \(text(interval.upperBound))" }
    return point?.half.map(text) ?? ""
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
      guard let low = point.low, let high = point.high else { continue }
      let shifts = run.count > 1 ? [0] : [-3.0, 3]
      for shift in shifts {
        let x = SVGText.number(blocks.center(column) + shift)
        edges.upper.append("\(x) \(SVGText.number(values.position(high)))")
        edges.lower.append("\(x) \(SVGText.number(values.position(low)))")
      }
    }
    guard edges.upper.count > 1 else { return "" }
    return "M" + (edges.upper + edges.lower.reversed()).joined(separator: "L") + "Z"
  }
}

/// A line over the blocks for every domain, each with a band around it.
struct LineChart {
  /// A block's value and how far the band reaches to each side; nil for no band.
  struct Point {
    let value: Double
    let half: Double?
  }

  let name, title, subtitle: String
  /// What the axis measures, with its unit.
  let axis: String
  let layers: Range<Int>
  /// Series by series, block by block; nil where there is no value.
  let points: [[Point?]]
  let names: [String]
  /// Begins the axis at 0 even where the values are far from it.
  let includesZero: Bool
  /// A line across the plot at this value, such as an even share.
  var reference: Double?
  let key: String
  /// What the band is, for the page's script: `sd`, `ci`, or the key of another metric whose deviation it is.
  let band: String

  /// Whether the axis of these values has to begin at 0: where it hardly costs room, or the sign matters.
  static func wantsZero(_ values: [Double]) -> Bool {
    guard let low = values.min(), let high = values.max() else { return true }
    return low <= 0 || low < 0.5 * high
  }

  /// Logarithmic where the values span decades. A band that reaches down to 0 or below does not decide that, and is cut.
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
            // Of a single point the start is the end, and the second marker would lie on the first.
            "marker-end": run.count > 1 ? marker : "none",
          ])
      }
      svg.close("g")
    }
    legend.draw(in: &svg, x: 8, y: blocks.bottom + 2)
    return Chart(
      name: name, title: title, subtitle: subtitle, height: blocks.bottom + legend.height + 8, body: svg.text,
      hover: Chart.Hover(
        kind: "lines", key: key, x: blocks.x, y: blocks.y, width: blocks.width, height: blocks.height,
        columns: layers.count, rows: 1, more: [("band", band)]))
  }

  private typealias Run = [(column: Int, point: Point)]

  /// The stretches without a gap.
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

  /// The outline of the band: its upper edge forth, its lower edge back. A lone block's band is a bar.
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

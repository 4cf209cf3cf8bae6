/// Blocks in descending order of the mean over domains of a positive quantity: a dot for each domain, a dash for the
/// mean.
struct RankedDots {
  let name, title, subtitle: String
  let axis: String
  let layers: Range<Int>
  let names: [String]
  /// Values by domain and block; nil if there is no value.
  let values: [[Double?]]

  /// Blocks with a value, ranked, each with its mean over domains.
  private var ranked: [(layer: Int, mean: Double)] {
    let means = layers.enumerated().compactMap { column, layer -> (layer: Int, mean: Double)? in
      let found = values.compactMap { $0[column] }
      return found.isEmpty ? nil : (layer, found.reduce(0, +) / Double(found.count))
    }
    return means.sorted { ($1.mean, $0.layer) < ($0.mean, $1.layer) }
  }

  var chart: Chart {
    var svg = SVGText()
    let ranked = ranked
    let legend = ChartLegend(names: names, width: Chart.width - 16)
    let blocks = BlockAxis(layers: 0..<ranked.count, x: 56, y: 26, width: Chart.width - 66, height: 216)
    let all = values.joined().compactMap(\.self)
    let axis = ValueAxis(
      scale: AxisScale.spansDecades(all) ? AxisScale(logarithmic: all) : AxisScale(linear: all, includesZero: true),
      title: self.axis, x: blocks.x, y: blocks.y, width: blocks.width, height: blocks.height)
    axis.draw(in: &svg)
    blocks.draw(in: &svg, title: "block, most first", order: ranked.map(\.layer))
    var dashes = ""
    for (place, block) in ranked.enumerated() {
      let half = min(9, blocks.step * 0.45)
      let y = SVGText.number(axis.position(block.mean))
      dashes += "M\(SVGText.number(blocks.center(place) - half)) \(y)H\(SVGText.number(blocks.center(place) + half))"
    }
    svg.path(dashes, "tick")
    for (series, values) in values.enumerated() {
      // Offset sideways, since dots of equal values would cover each other.
      let spread = blocks.step * 0.6
      let shift = names.count > 1 ? (Double(series) / Double(names.count - 1) - 0.5) * spread : 0
      let points = ranked.enumerated().compactMap { place, block in
        values[block.layer - layers.lowerBound].map {
          "\(SVGText.number(blocks.center(place) + shift)) \(SVGText.number(axis.position($0)))"
        }
      }
      guard !points.isEmpty else { continue }
      let marker = "url(#m\(series))"
      svg.open("g", ["class": "s\(series)"])
      svg.element(
        "path",
        [
          "fill": "none", "d": "M\(points.joined(separator: "L"))", "marker-start": marker, "marker-mid": marker,
          "marker-end": points.count > 1 ? marker : "none",
        ])
      svg.close("g")
    }
    let bottom = blocks.bottom + 8
    legend.draw(in: &svg, x: 8, y: bottom)
    return Chart(
      name: name, title: title, subtitle: subtitle, height: bottom + legend.height + 8, body: svg.text,
      // Without ranked blocks there is nothing to point at.
      hover: ranked.isEmpty
        ? nil
        : Chart.Hover(
          kind: "ranks", tooltip: tooltip(ranked.map(\.layer)), x: blocks.x, y: blocks.y, width: blocks.width,
          height: blocks.height, columns: ranked.count, rows: 1))
  }

  private func tooltip(_ ranked: [Int]) -> Tooltip {
    let values = values.map { own in ranked.map { own[$0 - layers.lowerBound] } }
    return Tooltip(
      columns: ranked.map { "block \($0)" }, lines: [Tooltip.Line("", TooltipText.numbers(values))],
      listsDomains: true)
  }
}

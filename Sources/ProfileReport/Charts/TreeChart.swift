import Statistics

/// Tree of domains: names on the left, two lines joined at the distance of what they join, and beside a joint the share
/// of the draws that have it.
struct TreeChart {
  let name, title, subtitle: String
  /// Quantity and unit of the distances.
  let axis: String
  let names: [String]
  let tree: Dendrogram
  /// Distances of the merges, in the unit of the axis, and their supports.
  let heights: [Double], supports: [Double]
  /// Distances between domains, in the same unit.
  let distances: [[Double]]
  private static let rowHeight = 26.0

  var chart: Chart {
    var svg = SVGText()
    let labelWidth = min(140, (names.map { $0.width(fontSize: 11) }.max() ?? 0) + 8)
    let (x, y) = (labelWidth + 8, 12.0)
    // Room for the share at the last joint.
    let width = Chart.width - x - 46
    let height = Double(names.count) * Self.rowHeight
    let scale = AxisScale(linear: [0] + heights, includesZero: true)
    func position(_ value: Double) -> Double { x + scale.fraction(value) * width }
    for tick in scale.ticks { svg.line(position(tick), y, position(tick), y + height, style: "rule") }
    TickLabels(scale, x: x, width: width).draw(in: &svg, y: y + height + 14)
    svg.label(axis + scale.note, x: x + width, y: y + height + 29, anchor: "end", style: "quiet")

    // Ends of the lines of domains, then of merges.
    var ends = names.indices.map { _ in (x: x, y: 0.0) }
    for (row, domain) in tree.order.enumerated() {
      let middle = y + (Double(row) + 0.5) * Self.rowHeight
      ends[domain] = (x, middle)
      svg.label(names[domain].fitted(labelWidth, fontSize: 11), x: labelWidth, y: middle + 4, anchor: "end")
    }
    for (place, merge) in tree.merges.enumerated() {
      let (first, second) = (ends[merge.first], ends[merge.second])
      let joint = position(heights[place])
      svg.line(first.x, first.y, joint, first.y, style: "tick")
      svg.line(second.x, second.y, joint, second.y, style: "tick")
      svg.line(joint, first.y, joint, second.y, style: "tick")
      ends.append((joint, 0.5 * (first.y + second.y)))
      // All domains together are in every tree.
      guard place < tree.merges.count - 1 else { continue }
      let share = "\(TooltipText.percent(supports[place])) %"
      svg.label(share, x: joint + 4, y: 0.5 * (first.y + second.y) - 4, style: "quiet")
    }
    return Chart(
      name: name, title: title, subtitle: subtitle, height: y + height + 38, body: svg.text,
      hover: Chart.Hover(
        kind: "dots", tooltip: tooltip, x: x, y: y, width: width, height: height, columns: 1, rows: names.count))
  }

  /// Nearest and farthest other domain, by the rows of the tree.
  private var tooltip: Tooltip {
    let order = tree.order
    func other(_ own: Int, _ isBetter: (Double, Double) -> Bool) -> [String] {
      let others = names.indices.filter { $0 != own }
      guard let found = others.min(by: { isBetter(distances[own][$0], distances[own][$1]) }) else { return [""] }
      return ["\(names[found]), \(TooltipText.number(distances[own][found], digits: 3)) %"]
    }
    return Tooltip(
      rows: order.map { names[$0] },
      lines: [
        Tooltip.Line("nearest", order.map { other($0, <) }), Tooltip.Line("farthest", order.map { other($0, >) }),
      ])
  }
}

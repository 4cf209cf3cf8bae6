/// Points of two quantities, each with a label as far as there is room.
struct ScatterChart {
  struct Point {
    /// Text beside the point.
    let label: String
    /// Name of the point in the tooltip.
    let name: String
    let x, y: Double
  }

  let name, title, subtitle: String
  /// Quantities on the axes, with their units.
  let xAxis, yAxis: String
  /// Quantities in the tooltip.
  let xName, yName: String
  /// Points with finite values.
  let points: [Point]
  /// Value of a horizontal reference line.
  var reference: Double?
  /// Value up to which a vertical axis over decades is linear, for values that may be 0 or below; nil if they are not.
  var linearWithin: Double?

  private static let half = 3.0
  private static let fontSize = 11.0

  var xScale: AxisScale { Self.scale(points.map(\.x)) }
  var yScale: AxisScale {
    let values = points.map(\.y) + (reference.map { [$0] } ?? [])
    guard let linearWithin, AxisScale.spansDecades(values, beyond: linearWithin) else { return Self.scale(values) }
    return AxisScale(logarithmic: values, beyond: linearWithin)
  }

  private static func scale(_ values: [Double]) -> AxisScale {
    AxisScale.spansDecades(values) ? AxisScale(logarithmic: values) : AxisScale(linear: values, includesZero: true)
  }

  /// Points from left to right, in which the arrow keys pass through them.
  private var sorted: [Point] {
    points.enumerated().sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }.map(\.element)
  }

  var chart: Chart {
    var svg = SVGText()
    let (x, y, width, height) = (56.0, 26.0, Chart.width - 66, 216.0)
    let (xScale, points) = (xScale, sorted)
    let values = ValueAxis(scale: yScale, title: yAxis, x: x, y: y, width: width, height: height)
    values.draw(in: &svg)
    for tick in xScale.ticks {
      let place = x + xScale.fraction(tick) * width
      svg.line(place, y, place, y + height, style: "rule")
    }
    TickLabels(xScale, x: x, width: width).draw(in: &svg, y: y + height + 14)
    svg.label(xAxis + xScale.note, x: x + width, y: y + height + 29, anchor: "end", style: "quiet")
    if let reference {
      svg.line(x, values.position(reference), x + width, values.position(reference), style: "zero")
    }
    let places = points.map { (x: x + xScale.fraction($0.x) * width, y: values.position($0.y)) }
    for place in places {
      let side = 2 * Self.half
      svg.rectangle(x: place.x - Self.half, y: place.y - Self.half, width: side, height: side, style: "value")
    }
    let room = Box(x: x, y: y - 8, width: Chart.width - x, height: height + 8)
    for (point, box) in zip(points, Self.labels(points.map(\.label), at: places, in: room)) {
      if let box { svg.label(point.label, x: box.x, y: box.y + box.height - 2) }
    }
    return Chart(
      name: name, title: title, subtitle: subtitle, height: y + height + 38, body: svg.text,
      // Without points there is nothing to point at.
      hover: points.isEmpty
        ? nil
        : Chart.Hover(
          kind: "points", tooltip: tooltip(points), x: x, y: y, width: width, height: height, columns: points.count,
          rows: 1, points: places))
  }

  private func tooltip(_ points: [Point]) -> Tooltip {
    Tooltip(
      columns: points.map(\.name),
      lines: [
        Tooltip.Line(xName, TooltipText.numbers([points.map(\.x)])),
        Tooltip.Line(yName, TooltipText.numbers([points.map(\.y)])),
      ])
  }

  private struct Box {
    var x, y, width, height: Double

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }

    func contains(_ other: Box) -> Bool {
      other.x >= x && other.y >= y && other.x + other.width <= x + width && other.y + other.height <= y + height
    }
  }

  /// Returns the place of each label: beside its point, where it covers neither a point nor an earlier label; nil if there
  /// is no such place, so that a crowd stays readable and has its names in the tooltip.
  private static func labels(_ texts: [String], at points: [(x: Double, y: Double)], in room: Box) -> [Box?] {
    var taken = points.map { Box(x: $0.x - half, y: $0.y - half, width: 2 * half, height: 2 * half) }
    return zip(texts, points).map { text, point in
      let (width, height, gap) = (text.width(fontSize: fontSize), fontSize, half + 1)
      let columns = [point.x + gap, point.x - gap - width, point.x - width / 2]
      let rows = [point.y - height / 2, point.y - gap - height, point.y + gap]
      let candidates = [(0, 0), (1, 0), (2, 1), (2, 2), (0, 1), (0, 2), (1, 1), (1, 2)].map { column, row in
        Box(x: columns[column], y: rows[row], width: width, height: height)
      }
      let free = candidates.first { box in room.contains(box) && !taken.contains { $0.overlaps(box) } }
      if let free { taken.append(free) }
      return free
    }
  }
}

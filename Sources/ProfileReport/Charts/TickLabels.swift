/// Labels of a horizontal scale: centred under their ticks, moved inwards at the edges of the chart, and left out where
/// two would overlap. The labels of both ends come first: without them the scale has no range.
struct TickLabels {
  struct Place {
    let text: String
    /// x coordinate of the tick.
    let tick: Double
    /// x coordinate of the middle of the label.
    let middle: Double
    fileprivate let half: Double
  }

  let places: [Place]
  /// Room between a label and the edge of the chart, and between two labels.
  private static let margin = 2.0, gap = 6.0

  /// - Parameters:
  ///   - x: x coordinate of the scale's lower end.
  ///   - width: length of the scale.
  init(_ scale: AxisScale, x: Double, width: Double) {
    let all = scale.ticks.map { value in
      let text = scale.label(value)
      let tick = x + scale.fraction(value) * width
      let half = text.width(fontSize: 11) / 2
      let room = half + Self.margin
      return Place(text: text, tick: tick, middle: max(room, min(Chart.width - room, tick)), half: half)
    }
    func isClear(_ place: Place, _ next: Place) -> Bool {
      place.middle + place.half + Self.gap <= next.middle - next.half
    }
    var kept: [Place] = []
    for place in all.dropLast()
    where (kept.last.map { isClear($0, place) } ?? true) && isClear(place, all[all.count - 1]) {
      kept.append(place)
    }
    places = kept + all.suffix(1)
  }

  func draw(in svg: inout SVGText, y: Double) {
    for place in places { svg.label(place.text, x: place.middle, y: y, anchor: "middle") }
  }
}

/// Legend under a chart: series names with line and marker, in as many rows as needed.
struct ChartLegend {
  let names: [String]
  let width: Double
  var kind = SeriesStyle.Kind.domains
  private static let rowHeight = 17.0
  private static let symbolWidth = 26.0

  /// Row and x coordinate of each name.
  private var places: [(row: Int, x: Double, name: String)] {
    var places: [(row: Int, x: Double, name: String)] = []
    var row = 0
    var x = 0.0
    for name in names {
      let name = name.fitted(width - Self.symbolWidth - 8, fontSize: 11)
      let needed = Self.symbolWidth + name.width(fontSize: 11) + 12
      if x > 0, x + needed > width { (row, x) = (row + 1, 0) }
      places.append((row, x, name))
      x += needed
    }
    return places
  }

  var height: Double { Double((places.last?.row ?? -1) + 1) * Self.rowHeight }

  func draw(in svg: inout SVGText, x: Double, y: Double) {
    for (series, place) in places.enumerated() {
      let left = x + place.x
      let middle = y + Double(place.row) * Self.rowHeight + Self.rowHeight / 2
      let points = [left, left + 10, left + 20].map { "\(SVGText.number($0)) \(SVGText.number(middle))" }
      svg.open("g", ["class": "\(kind.style)\(series)"])
      svg.element(
        "path", ["class": "l", "d": "M\(points.joined(separator: "L"))", "marker-mid": "url(#\(kind.marker)\(series))"])
      svg.label(place.name, x: left + Self.symbolWidth, y: middle + 4)
      svg.close("g")
    }
  }
}

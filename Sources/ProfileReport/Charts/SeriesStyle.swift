/// Visual style of each domain: colour (Okabe & Ito 2008, distinguishable for colour-blind readers), dash pattern and
/// marker shape, so that greyscale prints remain readable.
enum SeriesStyle {
  /// What the series of a chart are. The page's legend shows and hides domains only.
  enum Kind {
    case domains, rules

    /// Beginnings of the names of classes and of markers.
    var style: String { self == .domains ? "s" : "r" }
    var marker: String { self == .domains ? "m" : "q" }
  }

  /// Okabe and Ito's colours without the yellow, which is hardly visible on white; nil stands for the text colour.
  private static let colors: [String?] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", nil]
  private static let dashes = ["", "7 3", "2 2", "8 3 2 3", "4 2"]
  /// Outlines centred on 0, about 6 units wide.
  private static let shapes = [
    "M3 0A3 3 0 1 1 -3 0A3 3 0 1 1 3 0Z", "M-2.6 -2.6H2.6V2.6H-2.6Z", "M0 -3.4L3.2 2.4H-3.2Z",
    "M0 -3.6L3.6 0L0 3.6L-3.6 0Z",
    "M0 3.4L3.2 -2.4H-3.2Z", "M-3 -1H-1V-3H1V-1H3V1H1V3H-1V1H-3Z",
    "M-3 -1.6L-1.6 -3L0 -1.4L1.6 -3L3 -1.6L1.4 0L3 1.6L1.6 3L0 1.4L-1.6 3L-3 1.6L-1.4 0Z",
  ]

  /// Returns the marker outline as path data.
  static func shape(_ series: Int) -> String { shapes[(series + series / colors.count) % shapes.count] }

  /// Returns rules for `count` series in the classes `s0`, `s1` … or, of rules, `r0`, `r1` …: `l` lines, `b` bands, `k`
  /// markers and dots, `d` strokes.
  static func css(count: Int, ink: String, _ kind: Kind = .domains) -> String {
    (0..<count).map { series in
      let color = colors[series % colors.count] ?? ink
      let dash = dashes[series % dashes.count]
      let name = ".\(kind.style)\(series)"
      return "\(name) .l{stroke:\(color)\(dash.isEmpty ? "" : ";stroke-dasharray:\(dash)")}"
        + "\(name) .b,\(name) .k{fill:\(color)}\(name) .d{stroke:\(color)}"
    }.joined(separator: "\n")
  }

  /// Returns the markers `m0`, `m1` … of domains and `q0`, `q1` … of rules, which paths refer to, and the gradients of the
  /// colour scales.
  static func definitions(count: Int, rules: Int = 0, isDense: Bool) -> String {
    let size = isDense ? 6 : 10
    let all = [(Kind.domains, count), (Kind.rules, rules)].flatMap { kind, count in (0..<count).map { (kind, $0) } }
    let markers = all.map { kind, series in
      "<marker id=\"\(kind.marker)\(series)\" class=\"\(kind.style)\(series)\" viewBox=\"-5 -5 10 10\" "
        + "markerWidth=\"\(size)\" markerHeight=\"\(size)\" markerUnits=\"userSpaceOnUse\">"
        + "<path class=\"k\" d=\"\(shape(series))\"/></marker>"
    }
    let ramps = ColorRamp.sequential.definition("sequential") + ColorRamp.diverging.definition("diverging")
    return "<defs>\(markers.joined())\(ramps)</defs>"
  }
}

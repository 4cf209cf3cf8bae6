/// SVG elements as text, with coordinates rounded to a tenth.
package struct SVGText {
  private(set) var text = ""

  mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    tag(name, attributes)
    text += ">"
  }

  mutating func close(_ name: String) { text += "</\(name)>" }

  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    tag(name, attributes)
    text += "/>"
  }

  /// Appends a path; nothing if the path is empty.
  mutating func path(_ d: String, _ style: String) {
    if !d.isEmpty { element("path", ["class": style, "d": d]) }
  }

  /// Appends a line of text. `anchor` is `start`, `middle` or `end`.
  mutating func label(_ content: String, x: Double, y: Double, anchor: String = "start", style: String = "") {
    text += "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    if anchor != "start" { text += " text-anchor=\"\(anchor)\"" }
    if !style.isEmpty { text += " class=\"\(style)\"" }
    text += ">\(content.markup)</text>"
  }

  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, style: String) {
    element(
      "rect",
      [
        "class": style, "x": Self.number(x), "y": Self.number(y), "width": Self.number(width),
        "height": Self.number(height),
      ])
  }

  mutating func line(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, style: String) {
    path("M\(Self.number(x0)) \(Self.number(y0))L\(Self.number(x1)) \(Self.number(y1))", style)
  }

  /// Appends the output of another writer.
  mutating func append(_ other: String) { text += other }

  private mutating func tag(_ name: String, _ attributes: KeyValuePairs<String, String>) {
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(value)\"" }
  }

  /// Formats a coordinate with at most one decimal place and no redundant characters.
  package static func number(_ value: Double) -> String {
    guard abs(value) < 1e6 else { return value < 0 ? "-1000000" : "1000000" }
    let tenths = Int((value * 10).rounded())
    let whole = "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10)"
    let rest = tenths.magnitude % 10
    return rest == 0 ? (tenths == 0 ? "0" : whole) : "\(whole).\(rest)"
  }
}

extension String {
  /// Estimated width of the text in a sans-serif font of the given size.
  package func width(fontSize: Double) -> Double {
    unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 0.56 : 1) * fontSize }
  }

  /// Returns the text on one line, truncated to fit.
  package func fitted(_ room: Double, fontSize: Double) -> String {
    if width(fontSize: fontSize) <= room { return self }
    var head = String.UnicodeScalarView()
    var left = room - "…".width(fontSize: fontSize)
    for scalar in unicodeScalars {
      left -= String(scalar).width(fontSize: fontSize)
      if left < 0 { break }
      head.append(scalar)
    }
    return String(head) + "…"
  }
}

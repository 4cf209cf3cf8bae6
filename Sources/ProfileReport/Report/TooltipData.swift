import LlamaCore

/// Tooltips of the page's charts as one JSON text. Whatever several charts show, such as the means of a metric, is in it
/// once.
struct TooltipData {
  let domains: [String]
  private var charts = JSONObject()
  private var names = Pool()
  private var texts = Pool()

  init(_ charts: [Chart], domains: [String]) {
    self.domains = domains
    for chart in charts { if let hover = chart.hover { self.charts[chart.name] = value(of: hover.tooltip) } }
  }

  /// JSON that is safe in a `script` element: `<` occurs only in strings.
  var json: String {
    let members: JSONObject = [
      "charts": .object(charts), "domains": .array(domains.map(JSONValue.string)), "names": .array(names.values),
      "texts": .array(texts.values),
    ]
    return JSONValue.object(members).text().replacing("<", with: "\\u003c")
  }

  private mutating func value(of tooltip: Tooltip) -> JSONValue {
    var members: JSONObject = ["lines": .array(tooltip.lines.map { value(of: $0) })]
    if !tooltip.rows.isEmpty { members["rows"] = place(ofNames: tooltip.rows) }
    if !tooltip.columns.isEmpty { members["columns"] = place(ofNames: tooltip.columns) }
    if tooltip.listsDomains { members["listsDomains"] = .boolean(true) }
    return .object(members)
  }

  /// Returns label, parts, joiner and unit; the last two only as far as they are needed.
  private mutating func value(of line: Tooltip.Line) -> JSONValue {
    let label = line.labels.count == 1 ? .string(line.labels[0]) : place(ofNames: line.labels)
    let parts = line.parts.map { texts.place(of: Self.packed(Array($0.joined()))) }
    var rest = [line.joiner, line.unit]
    while rest.last?.isEmpty == true { rest.removeLast() }
    return .array([label, .array(parts)] + rest.map(JSONValue.string))
  }

  private mutating func place(ofNames list: [String]) -> JSONValue {
    names.place(of: .array(list.map(JSONValue.string)))
  }

  /// Returns texts as the script unpacks them, whichever is shorter: a digit each for their places in a list of words,
  /// or joined by bars, where nothing stands for the first of all, which is the most frequent one.
  private static func packed(_ texts: [String]) -> JSONValue {
    var counts: [String: Int] = [:]
    for text in texts { counts[text, default: 0] += 1 }
    let words = counts.keys.sorted { (counts[$1, default: 0], $0) < (counts[$0, default: 0], $1) }
    let common = counts[""] == nil ? words.first ?? "" : ""
    let joined = ([common] + texts.map { $0 == common ? "" : $0 }).joined(separator: "|")
    guard words.count <= 10 else { return .string(joined) }
    let places = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, "\($0)") })
    let digits: JSONObject = [
      "digits": .string(texts.compactMap { places[$0] }.joined()), "words": .array(words.map(JSONValue.string)),
    ]
    return JSONValue.object(digits).text().utf8.count < joined.utf8.count ? .object(digits) : .string(joined)
  }

  /// Values without repetitions.
  private struct Pool {
    private(set) var values: [JSONValue] = []
    private var places: [ByteString: Int] = [:]

    /// Returns the place of a value, which is added if it is new.
    mutating func place(of value: JSONValue) -> JSONValue {
      let key = ByteString(value.text())
      if let place = places[key] { return .integer(place) }
      places[key] = values.count
      values.append(value)
      return .integer(values.count - 1)
    }
  }
}

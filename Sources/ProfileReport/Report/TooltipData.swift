import Foundation
import Foundations
import LlamaCore
import Profiler
import Statistics

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
    let codes = TooltipCodes(texts.lists)
    let members: JSONObject = [
      "charts": .object(charts), "domains": Self.array(domains), "names": .array(names.lists.map(Self.array)),
      "texts": Self.array(texts.lists.map(codes.packed)),
      "words": .object(JSONObject(codes.words.map { ($0, .string($1)) })),
    ]
    return JSONValue.object(members).text().replacing("<", with: "\\u003c")
  }

  private static func array(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

  private mutating func value(of tooltip: Tooltip) -> JSONValue {
    var members: JSONObject = ["lines": .array(tooltip.lines.map { value(of: $0) })]
    if !tooltip.rows.isEmpty { members["rows"] = names.place(of: tooltip.rows) }
    if !tooltip.columns.isEmpty { members["columns"] = names.place(of: tooltip.columns) }
    if tooltip.listsDomains { members["listsDomains"] = .boolean(true) }
    return .object(members)
  }

  /// Returns label, parts, joiner and unit; the last two only as far as they are needed.
  private mutating func value(of line: Tooltip.Line) -> JSONValue {
    let label = line.labels.count == 1 ? .string(line.labels[0]) : names.place(of: line.labels)
    let parts = line.parts.map { texts.place(of: Array($0.joined())) }
    var rest = [line.joiner, line.unit]
    while rest.last?.isEmpty == true { rest.removeLast() }
    return .array([label, .array(parts)] + rest.map(JSONValue.string))
  }

  /// Lists of texts without repetitions.
  private struct Pool {
    private(set) var lists: [[String]] = []
    private var places: [[ByteString]: Int] = [:]

    /// Returns the place of a list, which is added if it is new.
    mutating func place(of list: [String]) -> JSONValue {
      let key = list.map { ByteString($0) }
      if let place = places[key] { return .integer(place) }
      places[key] = lists.count
      lists.append(list)
      return .integer(lists.count - 1)
    }
  }
}

/// Codes of the texts that occur often in tooltips, which keep the page small: one letter for the most frequent ones,
/// two for others. Two hundred thousand texts, most of them effects and p-values of few digits, have few thousand words.
struct TooltipCodes {
  /// Code and word, the most frequent first.
  let words: [(code: String, word: String)]
  private let codes: [String: String]

  private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".map(String.init)
  /// Number of codes of a single letter; codes of two begin with one of the other letters.
  private static let short = 16
  private static let all =
    letters[..<short] + letters[short...].flatMap { first in letters.map { first + $0 } }
  /// Number of occurrences from which on a code with its word is shorter than the word each time.
  private static let least = 3

  init(_ lists: [[String]]) {
    var counts: [String: Int] = [:]
    for text in lists.joined() { counts[text, default: 0] += 1 }
    let frequent = counts.filter { $0.value >= Self.least }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    words = zip(Self.all, frequent).map { ($0, $1.key) }
    codes = Dictionary(uniqueKeysWithValues: words.map { ($0.word, $0.code) })
  }

  /// Returns the codes of texts one after the other; a text without a code is written out between bars.
  func packed(_ texts: [String]) -> String { texts.map { codes[$0] ?? "|\($0)|" }.joined() }
}

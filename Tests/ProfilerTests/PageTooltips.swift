import LlamaCore
import Testing

/// Tooltips of a page, unpacked from its data as its script does.
struct PageTooltips {
  private let page: String
  let data: JSONValue

  init(_ page: String) throws {
    self.page = page
    let text = try #require(page.firstMatch(of: /id="data">([^<]*)</)).1
    data = try JSONValue(parsing: Array(text.utf8).span)
  }

  /// Names of the charts that can be pointed at, in the order of the page.
  var charts: [String] { page.matches(of: /data-key="([^"]*)"/).map { String($0.1) } }

  /// Returns the number of columns and rows of a chart.
  func cells(_ chart: String) throws -> (columns: Int, rows: Int) {
    let part = try #require(page.split(separator: "data-key=\"\(chart)\"").last)
    let cells = try #require(part.firstMatch(of: /data-cells="(\d+) (\d+)"/))
    return (try #require(Int(cells.1)), try #require(Int(cells.2)))
  }

  /// Returns the heading of a chart's tooltip.
  func heading(_ chart: String, column: Int = 0, row: Int = 0) throws -> String {
    let entry = try #require(data["charts"]?[chart])
    return try [("rows", row), ("columns", column)].compactMap { key, place in
      try entry[key]?.integer.map { try names($0)[place] }
    }.joined(separator: ", ")
  }

  /// Returns the labels of a chart's tooltip.
  func labels(_ chart: String, column: Int = 0) throws -> [String] {
    try lines(chart).map { line in
      guard let place = line.first?.integer else { return line.first?.string ?? "" }
      return try names(place)[column]
    }
  }

  /// Returns the parts of a line, of which a part that is left out is empty. A chart that lists domains has one line,
  /// without a label, and the domains as its rows.
  func parts(_ chart: String, _ label: String = "", column: Int = 0, row: Int = 0) throws -> [String] {
    let place = try #require(try labels(chart, column: column).firstIndex(of: label), "\(chart): \(label)")
    let columns = try cells(chart).columns
    return try lines(chart)[place][1].array.map { parts in
      try parts.map { part in
        let texts = try texts(try #require(part.integer))
        return texts[(row * columns + column) % texts.count]
      }
    } ?? []
  }

  /// Returns the only part of a line.
  func text(_ chart: String, _ label: String = "", column: Int = 0, row: Int = 0) throws -> String {
    let parts = try parts(chart, label, column: column, row: row)
    try #require(parts.count == 1)
    return parts[0]
  }

  private func lines(_ chart: String) throws -> [[JSONValue]] {
    try #require(data["charts"]?[chart]?["lines"]?.array, "\(chart)").map { $0.array ?? [] }
  }

  private func names(_ place: Int) throws -> [String] {
    try #require(data["names"]?.array?[place].array).compactMap(\.string)
  }

  private func texts(_ place: Int) throws -> [String] {
    let packed = try #require(data["texts"]?.array?[place].string)
    return try packed.matches(of: /\|([^|]*)\||[A-P]|../).map { code in
      try code.1.map(String.init) ?? #require(data["words"]?[String(code.0)]?.string)
    }
  }
}

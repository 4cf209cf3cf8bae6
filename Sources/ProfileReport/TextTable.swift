import Foundation

/// A table in plain text: columns as wide as their widest cell, two spaces apart, numbers to the right.
struct TextTable {
  private var rows: [[String]]
  /// Number of columns from the left that hold names and are set flush left.
  private let names: Int

  init(header: [String], names: Int = 0) {
    rows = [header]
    self.names = names
  }

  /// Adds a row of as many cells as the header has.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines, each ended by `\n`.
  var text: String {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.unicodeScalars.count)
      }
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
        return column < names ? cell + padding : padding + cell
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// Four significant digits, such as `0.1234`, `12.34`, `1.234e-07`; a dash for what does not exist.
  static func number(_ value: Double?) -> String {
    guard let value else { return "-" }
    guard value.isFinite else { return value.isNaN ? "nan" : value.description }
    return String(format: "%.4g", value)
  }

  /// A share of 1 as a whole percentage.
  static func percentage(_ share: Double?) -> String {
    guard let share, share.isFinite else { return "-" }
    return String(format: "%.0f %%", share * 100)
  }

  /// A whole number with its thousands set apart: `9,312`.
  static func count(_ value: Int) -> String {
    var digits = Array(String(value.magnitude))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return (value < 0 ? "-" : "") + String(digits)
  }
}

import Foundation
import LlamaCore

/// A table in plain text: columns as wide as their widest cell, two spaces apart, numbers to the right.
package struct TextTable {
  private var rows: [[String]]
  /// Number of columns from the left that hold names and are set flush left.
  private let names: Int

  package init(header: [String], names: Int = 0) {
    rows = [header]
    self.names = names
  }

  /// Adds a row of as many cells as the header has.
  package mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines, each ended by `\n`.
  package var text: String {
    let counts = rows.map { $0.map(\.unicodeScalars.count) }
    var widths: [Int] = []
    for row in counts {
      for (column, count) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], count)
      }
    }
    var text = ""
    for (row, counts) in zip(rows, counts) {
      // Spaces are written before what follows them, so that no line ends in one.
      var spaces = 0
      for (column, cell) in row.enumerated() {
        let padding = widths[column] - counts[column]
        if column > 0 { spaces += 2 }
        if column >= names { spaces += padding }
        if !cell.isEmpty {
          text += String(repeating: " ", count: spaces)
          text += cell
          spaces = 0
        }
        if column < names { spaces += padding }
      }
      text += "\n"
    }
    return text
  }

  /// Four significant digits, or three and an exponent, in at most nine characters: `0.1230`, `-12.34`, `1.23e-07`; a
  /// dash for what does not exist.
  package static func number(_ value: Double?) -> String {
    guard let value else { return "-" }
    guard value.isFinite else { return value.isNaN ? "nan" : value.description }
    let scientific = String(format: "%.3e", value)
    // The exponent after rounding: 9.9996 has four digits as 10.00.
    guard value != 0, let exponent = scientific.split(separator: "e").last.flatMap({ Int($0) }) else { return "0" }
    return (-3...3).contains(exponent) ? String(format: "%.\(3 - exponent)f", value) : String(format: "%.2e", value)
  }

  /// A name on one line, cut to `limit` characters.
  package static func label(_ name: String, limit: Int) -> String {
    let line = name.onOneLine
    guard line.unicodeScalars.count > limit else { return line }
    return String(String.UnicodeScalarView(line.unicodeScalars.prefix(limit - 1))) + "…"
  }

  /// A share of 1 as a whole percentage.
  package static func percentage(_ share: Double?) -> String {
    guard let share, share.isFinite else { return "-" }
    return String(format: "%.0f %%", share * 100)
  }

  /// A whole number with its thousands set apart: `9,312`.
  package static func count(_ value: Int) -> String {
    var digits = Array(String(value.magnitude))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// `1 text`, `2 texts`.
  package static func count(_ value: Int, _ noun: String) -> String {
    "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
  }
}

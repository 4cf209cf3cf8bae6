import Foundation
import Foundations

/// Plain-text table: columns as wide as their widest cell, two spaces apart, numbers right-aligned.
package struct TextTable {
  /// Concatenated cells in UTF-8: a table may have a row for each of a hundred thousand tensors.
  private var bytes: [UInt8] = []
  /// Numbers of bytes and of characters of each cell, by row.
  private var cells: [(bytes: Int32, characters: Int32)] = []
  private var widths: [Int32]
  /// Number of leading columns that hold names and are left-aligned.
  private let names: Int

  package init(header: [String], names: Int = 0) {
    widths = header.map { _ in 0 }
    self.names = names
    add(header)
  }

  /// Appends a row of at most as many cells as the header; missing cells are empty.
  package mutating func add(_ row: [String]) {
    for column in widths.indices {
      let start = bytes.count
      if column < row.count { bytes += row[column].utf8 }
      // Counts all bytes except UTF-8 continuation bytes.
      let characters = bytes[start...].reduce(Int32(0)) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
      cells.append((Int32(truncatingIfNeeded: bytes.count - start), characters))
      widths[column] = max(widths[column], characters)
    }
  }

  /// Text of the table, each line ended by `\n`.
  package var text: String {
    var text: [UInt8] = []
    var place = 0
    for row in stride(from: 0, to: cells.count, by: max(1, widths.count)) {
      // Padding is written before the next cell, so that no line has trailing spaces.
      var spaces = 0
      for column in widths.indices {
        let cell = cells[row + column]
        let padding = Int(widths[column] - cell.characters)
        if column > 0 { spaces += 2 }
        if column >= names { spaces += padding }
        if cell.bytes > 0 {
          text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaces))
          text += bytes[place..<place + Int(cell.bytes)]
          place += Int(cell.bytes)
          spaces = 0
        }
        if column < names { spaces += padding }
      }
      text.append(UInt8(ascii: "\n"))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Formats a number with four significant digits, or three and an exponent, in at most nine characters: `0.1230`,
  /// `-12.34`, `1.23e-07`; a dash for nil.
  package static func number(_ value: Double?) -> String {
    guard let value else { return "-" }
    guard value.isFinite else { return value.isNaN ? "nan" : value.description }
    let scientific = String(format: "%.3e", value)
    // Exponent after rounding: 9.9996 has four digits as 10.00.
    guard value != 0, let exponent = scientific.split(separator: "e").last.flatMap({ Int($0) }) else { return "0" }
    return (-3...3).contains(exponent) ? String(format: "%.\(3 - exponent)f", value) : String(format: "%.2e", value)
  }

  /// Returns a name on one line, truncated to `limit` characters.
  package static func label(_ name: String, limit: Int) -> String {
    let line = name.onOneLine
    guard line.unicodeScalars.count > limit else { return line }
    return String(String.UnicodeScalarView(line.unicodeScalars.prefix(limit - 1))) + "…"
  }

  /// Formats a share of 1 as a whole percentage.
  package static func percentage(_ share: Double?) -> String {
    guard let share, share.isFinite else { return "-" }
    return String(format: "%.0f %%", share * 100)
  }

  /// Formats an integer with thousands separators: `9,312`.
  package static func count(_ value: Int) -> String {
    if value.magnitude < 1000 { return String(value) }
    var digits = Array(String(value.magnitude))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// Formats an estimated count with its noun, with two digits: `about 37 texts`, `about 1,300 texts`. Rounds up.
  package static func about(_ value: Int, _ noun: String) -> String {
    var unit = 1
    while value / unit >= 100 { unit *= 10 }
    let rest = value % unit
    return "about \(count(rest == 0 ? value : value - rest + unit, noun))"
  }

  /// Formats a count with its noun: `1 text`, `2 texts`.
  package static func count(_ value: Int, _ noun: String) -> String {
    "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
  }
}

/// Builds the text of a CSV file: UTF-8, fields separated by commas, rows ended by `\n`, a field quoted as RFC 4180 says
/// where it holds a comma, a quote or a line break.
struct CSVText {
  private(set) var text = ""
  private var isRowStart = true

  mutating func field(_ value: String) {
    separate()
    let special = value.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\r")
    }
    guard special else {
      text += value
      return
    }
    text += "\""
    for scalar in value.unicodeScalars {
      if scalar == "\"" { text += "\"" }
      text.unicodeScalars.append(scalar)
    }
    text += "\""
  }

  mutating func field(_ value: Int) {
    separate()
    text += String(value)
  }

  /// The shortest spelling that reads back to the same double; `nan`, `inf` and `-inf` where there is no number; nothing
  /// for a value that does not exist.
  mutating func field(_ value: Double?) {
    separate()
    guard let value else { return }
    // A `nan` has a sign and a payload, which `description` spells out.
    text += value.isNaN ? "nan" : value.description
  }

  mutating func endRow() {
    text += "\n"
    isRowStart = true
  }

  /// A whole row of names.
  mutating func header(_ names: [String]) {
    for name in names { field(name) }
    endRow()
  }

  mutating func removeAll() {
    text.removeAll(keepingCapacity: true)
    isRowStart = true
  }

  private mutating func separate() {
    if !isRowStart { text += "," }
    isRowStart = false
  }
}

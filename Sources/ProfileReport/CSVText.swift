/// CSV text under construction: UTF-8, fields separated by commas, rows ended by `\n`, fields with a comma, a quote or
/// a line break quoted per RFC 4180.
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

  /// Appends the shortest decimal that reads back as the same double; `nan`, `inf` or `-inf` for non-finite values; an
  /// empty field for nil.
  mutating func field(_ value: Double?) {
    separate()
    guard let value else { return }
    // `description` would spell out the sign and payload of a NaN.
    text += value.isNaN ? "nan" : value.description
  }

  mutating func endRow() {
    text += "\n"
    isRowStart = true
  }

  /// Appends a row of column names.
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

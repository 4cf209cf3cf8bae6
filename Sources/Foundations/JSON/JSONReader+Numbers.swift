extension JSONReader {
  /// Returns the next value, which must be a number without fraction or exponent that fits an `Int`.
  package mutating func integer() throws(JSONError) -> Int {
    let kind = try peek()
    let start = offset
    guard kind == .number else { throw error("expected an integer, found \(kind.rawValue)") }
    guard case .integer(let value) = try number() else {
      throw error("expected an integer, found \(text(start..<offset))", at: start)
    }
    return value
  }

  /// Returns the next value, which must be an integer; one above `Int.max` saturates, for sizes that are validated
  /// later.
  package mutating func saturatingInteger() throws(JSONError) -> Int {
    _ = try peek()
    let start = offset
    let value = try number()
    if case .integer(let integer) = value { return integer }
    for index in start..<offset where !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) {
      throw error("expected an integer, found \(text(start..<offset))", at: start)
    }
    return .max
  }

  /// Returns the next value, which must be a number: `.integer` if it is written as one and fits, `.number` otherwise.
  package mutating func number() throws(JSONError) -> JSONValue {
    skipWhitespace()
    let start = offset
    if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
    guard let first = digit() else { throw error("expected a number, found \(found())") }
    offset += 1
    var magnitude = first
    var isInteger = true
    // No digit may follow a leading zero: `01` ends here and fails at the `1`.
    while first != 0, let next = digit() {
      let (tens, overflow1) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, overflow2) = tens.addingReportingOverflow(next)
      if overflow1 || overflow2 { isInteger = false }
      magnitude = sum
      offset += 1
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      isInteger = false
      offset += 1
      try digits()
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      offset += 1
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") { offset += 1 }
      try digits()
    }
    needsComma = true
    if isInteger { return .integer(bytes[start] == UInt8(ascii: "-") ? -magnitude : magnitude) }
    guard let value = String(validating: bytes.extracting(start..<offset)).flatMap(Double.init), value.isFinite else {
      throw error("number out of range: \(text(start..<offset))", at: start)
    }
    return .number(value)
  }

  /// Skips the next value, a number, with the same checks.
  mutating func skipNumber() throws(JSONError) {
    skipWhitespace()
    var place = offset
    if place < bytes.count, bytes[place] == UInt8(ascii: "-") { place += 1 }
    let first = place
    while place < bytes.count, bytes[place] &- UInt8(ascii: "0") < 10 { place += 1 }
    // Nearly all are short integers; everything else is read with care.
    let isShort = (1...18).contains(place - first) && (place - first == 1 || bytes[first] != UInt8(ascii: "0"))
    guard isShort, place < bytes.count, bytes[place] != UInt8(ascii: "."), bytes[place] | 0x20 != UInt8(ascii: "e")
    else {
      _ = try number()
      return
    }
    offset = place
    needsComma = true
  }

  private func digit() -> Int? {
    guard offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) else { return nil }
    return Int(bytes[offset] - UInt8(ascii: "0"))
  }

  private mutating func digits() throws(JSONError) {
    guard digit() != nil else { throw error("expected a digit, found \(found())") }
    while digit() != nil { offset += 1 }
  }
}

/// A pull parser for JSON (RFC 8259) over UTF-8 bytes it does not own.
///
/// Foundation's decoders hide duplicate keys, round integers through `Double` and take seconds for a 17 MB tokenizer;
/// this parser can refuse duplicates, keeps integers exact, bounds the nesting depth and visits every byte once. No
/// input can make it trap.
///
/// ```swift
/// var reader = JSONReader(bytes.span)
/// try reader.beginObject()
/// while let key = try reader.nextKey() {
///   if key == "vocab_size" { size = try reader.integer() } else { try reader.skipValue() }
/// }
/// try reader.end()
/// ```
package struct JSONReader: ~Escapable {
  /// The kind of the next value, by its first byte.
  package enum Kind: String {
    case object = "an object"
    case array = "an array"
    case string = "a string"
    case number = "a number"
    case boolean = "a boolean"
    case null = "null"
  }

  let bytes: Span<UInt8>
  private let maximumDepth: Int
  /// Offset of the next byte to read.
  package internal(set) var offset = 0
  private var depth = 0
  /// True once the enclosing container holds a complete value, so that a comma must follow.
  var needsComma = false

  /// Number of bytes of the whole text.
  package var byteCount: Int { bytes.count }

  @_lifetime(copy bytes)
  package init(_ bytes: Span<UInt8>, maximumDepth: Int = 128) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
  }

  // MARK: Structure

  /// Returns the kind of the next value, without consuming it.
  package mutating func peek() throws(JSONError) -> Kind {
    skipWhitespace()
    guard offset < bytes.count else { throw error("expected a value, found the end of the text") }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
    case UInt8(ascii: "n"): return .null
    default: throw error("expected a value, found \(found())")
    }
  }

  package mutating func beginObject() throws(JSONError) { try begin(UInt8(ascii: "{"), .object) }
  package mutating func beginArray() throws(JSONError) { try begin(UInt8(ascii: "["), .array) }

  /// Returns the next key of the object being read, or nil at its end.
  package mutating func nextKey() throws(JSONError) -> String? {
    guard try advance(closing: UInt8(ascii: "}")) else { return nil }
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
      throw error("expected a key, found \(found())")
    }
    let key = try string()
    skipWhitespace()
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else {
      throw error("expected ':' after a key, found \(found())")
    }
    offset += 1
    needsComma = false
    return key
  }

  /// Returns true if the array being read has another element, which the caller then reads.
  package mutating func nextElement() throws(JSONError) -> Bool {
    let more = try advance(closing: UInt8(ascii: "]"))
    if more { needsComma = false }
    return more
  }

  /// Throws unless only white space remains.
  package mutating func end() throws(JSONError) {
    skipWhitespace()
    if offset < bytes.count { throw error("expected the end of the text, found \(found())") }
  }

  private mutating func begin(_ opening: UInt8, _ kind: Kind) throws(JSONError) {
    skipWhitespace()
    guard offset < bytes.count, bytes[offset] == opening else {
      throw error("expected \(kind.rawValue), found \(found())")
    }
    guard depth < maximumDepth else { throw error("nested deeper than \(maximumDepth) levels") }
    depth += 1
    offset += 1
    needsComma = false
  }

  mutating func advance(closing: UInt8) throws(JSONError) -> Bool {
    skipWhitespace()
    guard offset < bytes.count else {
      throw error("expected '\(Character(Unicode.Scalar(closing)))', found the end of the text")
    }
    if bytes[offset] == closing {
      offset += 1
      depth -= 1
      needsComma = true
      return false
    }
    if needsComma {
      guard bytes[offset] == UInt8(ascii: ",") else {
        throw error("expected ',' or '\(Character(Unicode.Scalar(closing)))', found \(found())")
      }
      offset += 1
      skipWhitespace()
    }
    return true
  }

  mutating func skipWhitespace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  // MARK: Values

  /// Returns the next value, which must be a string of valid UTF-8.
  package mutating func string() throws(JSONError) -> String {
    let start = try beginString()
    // Most strings have no escape: one scan, one validated copy.
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        let range = start..<offset
        guard let text = String(validating: bytes.extracting(range)) else {
          throw error("string is not valid UTF-8", at: start)
        }
        offset += 1
        needsComma = true
        return text
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      if byte < 0x20 { throw error("control character in a string, found \(found())") }
      offset += 1
    }
    throw error("string does not end", at: start)
  }

  /// Reads an opening quote and returns the offset of the string's first byte.
  mutating func beginString() throws(JSONError) -> Int {
    skipWhitespace()
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
      throw error("expected a string, found \(found())")
    }
    offset += 1
    return offset
  }

  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var scratch: [UInt8] = []
    for index in start..<offset { scratch.append(bytes[index]) }
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        guard let text = String(validating: scratch, as: UTF8.self) else {
          throw error("string is not valid UTF-8", at: start)
        }
        offset += 1
        needsComma = true
        return text
      }
      if byte == UInt8(ascii: "\\") {
        try appendEscape(to: &scratch)
      } else {
        if byte < 0x20 { throw error("control character in a string, found \(found())") }
        scratch.append(byte)
        offset += 1
      }
    }
    throw error("string does not end", at: start)
  }

  /// Appends the decoded escape sequence at the next byte.
  mutating func appendEscape(to scratch: inout [UInt8]) throws(JSONError) {
    let start = offset
    offset += 1
    guard offset < bytes.count else { throw error("string does not end", at: start) }
    let escape = bytes[offset]
    offset += 1
    switch escape {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(escape)
    case UInt8(ascii: "b"): scratch.append(0x08)
    case UInt8(ascii: "f"): scratch.append(0x0C)
    case UInt8(ascii: "n"): scratch.append(0x0A)
    case UInt8(ascii: "r"): scratch.append(0x0D)
    case UInt8(ascii: "t"): scratch.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code) {
        guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
        else {
          throw error("lone surrogate in a \\u escape", at: start)
        }
        offset += 2
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw error("lone surrogate in a \\u escape", at: start) }
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw error("lone surrogate in a \\u escape", at: start) }
      scratch.append(contentsOf: scalar.utf8)
    default: throw error("unknown escape in a string", at: start)
    }
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard offset < bytes.count, let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else {
        throw error("expected four hexadecimal digits, found \(found())")
      }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }

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

  package mutating func boolean() throws(JSONError) -> Bool {
    if try literal("true") { return true }
    if try literal("false") { return false }
    throw error("expected true or false, found \(found())")
  }

  package mutating func null() throws(JSONError) {
    if try !literal("null") { throw error("expected null, found \(found())") }
  }

  private mutating func literal(_ word: StaticString) throws(JSONError) -> Bool {
    skipWhitespace()
    let count = word.utf8CodeUnitCount
    guard offset + count <= bytes.count else { return false }
    let matches = word.withUTF8Buffer { buffer in (0..<count).allSatisfy { buffer[$0] == bytes[offset + $0] } }
    if matches {
      offset += count
      needsComma = true
    }
    return matches
  }
}

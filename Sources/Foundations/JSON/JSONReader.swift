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
}

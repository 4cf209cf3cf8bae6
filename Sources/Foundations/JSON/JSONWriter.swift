/// Writes JSON (RFC 8259) as UTF-8, with members in the given order: the counterpart of ``JSONReader``.
///
/// ```swift
/// var writer = JSONWriter(indentation: 2)
/// writer.beginObject()
/// writer.member("vocab_size", .integer(32_000))
/// writer.endObject()
/// ```
package struct JSONWriter {
  /// The output so far.
  package private(set) var bytes: [UInt8] = []
  /// Spaces per level, with every member and element on its own line; nil for output without white space.
  private let indentation: Int?
  /// For each open object or array, true if it is not empty.
  private var isFilled: [Bool] = []
  /// True between a key and its value.
  private var followsKey = false

  package init(indentation: Int? = nil) { self.indentation = indentation }

  /// Returns the output since the last call and removes it from the writer.
  package mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  package mutating func beginObject() { begin(UInt8(ascii: "{")) }
  package mutating func endObject() { end(UInt8(ascii: "}")) }
  package mutating func beginArray() { begin(UInt8(ascii: "[")) }
  package mutating func endArray() { end(UInt8(ascii: "]")) }

  /// Writes the key of the member whose value follows.
  package mutating func key(_ key: String) {
    separate()
    quote(key)
    bytes.append(UInt8(ascii: ":"))
    if indentation != nil { bytes.append(UInt8(ascii: " ")) }
    followsKey = true
  }

  /// Writes a key with its value.
  package mutating func member(_ key: String, _ value: JSONValue) {
    self.key(key)
    self.value(value)
  }

  package mutating func string(_ value: String) {
    separate()
    quote(value)
  }

  /// Writes a number, a boolean or null verbatim.
  mutating func literal(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func begin(_ opening: UInt8) {
    separate()
    bytes.append(opening)
    isFilled.append(false)
  }

  private mutating func end(_ closing: UInt8) {
    if isFilled.popLast() == true { breakLine() }
    bytes.append(closing)
  }

  /// Writes the separator before a value or key.
  private mutating func separate() {
    if followsKey {
      followsKey = false
      return
    }
    guard let filled = isFilled.last else { return }
    if filled { bytes.append(UInt8(ascii: ",")) }
    isFilled[isFilled.count - 1] = true
    breakLine()
  }

  private mutating func breakLine() {
    guard let indentation else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation * isFilled.count))
  }

  /// Writes a string, escaping only what RFC 8259 requires.
  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case UInt8(ascii: "\r"): bytes += "\\r".utf8
      case UInt8(ascii: "\t"): bytes += "\\t".utf8
      case 0..<0x20: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

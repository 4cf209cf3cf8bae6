extension JSONReader {
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
}

extension String {
  /// Copies `bytes`; nil if they are not valid UTF-8.
  init?(validating bytes: Span<UInt8>) {
    guard let text = bytes.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) else { return nil }
    self = text
  }
}

extension JSONReader {
  /// Appends the bytes of the next value, which must be a string of valid UTF-8, without creating a `String`.
  ///
  /// Intended for files with a million short strings, such as a tokenizer's vocabulary and merges.
  package mutating func appendString(to output: inout [UInt8]) throws(JSONError) {
    let start = try beginString()
    let first = output.count
    var isASCII = true
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        if !isASCII, (try? UTF8Span(validating: output.span.extracting(first..<output.count))) == nil {
          throw error("string is not valid UTF-8", at: start)
        }
        offset += 1
        needsComma = true
        return
      }
      if byte == UInt8(ascii: "\\") {
        isASCII = false
        try appendEscape(to: &output)
      } else {
        if byte < 0x20 { throw error("control character in a string, found \(found())") }
        if byte >= 0x80 { isASCII = false }
        output.append(byte)
        offset += 1
      }
    }
    throw error("string does not end", at: start)
  }

  /// Appends the next key of the object being read. Returns false, with nothing appended, at the object's end.
  package mutating func appendNextKey(to output: inout [UInt8]) throws(JSONError) -> Bool {
    guard try advance(closing: UInt8(ascii: "}")) else { return false }
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
      throw error("expected a key, found \(found())")
    }
    try appendString(to: &output)
    skipWhitespace()
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else {
      throw error("expected ':' after a key, found \(found())")
    }
    offset += 1
    needsComma = false
    return true
  }
}

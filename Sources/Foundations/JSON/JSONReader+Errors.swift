extension JSONReader {
  /// Returns the error for a duplicate key.
  ///
  /// - Parameter position: by default the next byte to read.
  package func duplicate(_ key: String, at position: Int? = nil) -> JSONError {
    error("duplicate key \(key.quoted)", at: position)
  }

  /// Returns an error at `position`, by default the next byte to read.
  package func error(_ reason: String, at position: Int? = nil) -> JSONError {
    var line = 1
    var lineStart = 0
    let position = min(position ?? offset, bytes.count)
    for index in 0..<position where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    return JSONError(line: line, column: position - lineStart + 1, reason: reason)
  }

  /// Returns the next byte, for messages.
  func found() -> String {
    guard offset < bytes.count else { return "the end of the text" }
    let byte = bytes[offset]
    return (0x21...0x7E).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(hexadecimal(byte))"
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  /// Returns the bytes of a range as text, truncated for messages.
  func text(_ range: Range<Int>) -> String {
    var text = ""
    for index in range.prefix(40) { text.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
    return range.count > 40 ? text + "…" : text
  }
}

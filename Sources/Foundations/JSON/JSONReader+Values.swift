extension JSONReader {
  /// Returns the next value as a tree. A duplicate key in an object is an error, because readers disagree on which one
  /// counts.
  package mutating func value() throws(JSONError) -> JSONValue {
    switch try peek() {
    case .object:
      var members = JSONObject()
      try beginObject()
      while let key = try nextKey() {
        let end = offset
        guard members.insert(key, try value()) else { throw duplicate(key, at: end) }
      }
      return .object(members)
    case .array:
      var elements: [JSONValue] = []
      try beginArray()
      while try nextElement() { elements.append(try value()) }
      return .array(elements)
    case .string: return .string(try string())
    case .number: return try number()
    case .boolean: return .boolean(try boolean())
    case .null:
      try null()
      return .null
    }
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

  /// Skips the next value, checking its syntax.
  package mutating func skipValue() throws(JSONError) {
    switch try peek() {
    case .object:
      try beginObject()
      while try nextKey() != nil { try skipValue() }
    case .array:
      try beginArray()
      while try nextElement() { try skipValue() }
    case .string: _ = try string()
    case .number: try skipNumber()
    case .boolean: _ = try boolean()
    case .null: try null()
    }
  }

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

extension String {
  /// Copies `bytes`; nil if they are not valid UTF-8.
  init?(validating bytes: Span<UInt8>) {
    guard let text = bytes.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) else { return nil }
    self = text
  }
}

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

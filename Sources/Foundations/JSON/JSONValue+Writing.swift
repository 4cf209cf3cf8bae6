extension JSONWriter {
  /// Writes a whole value. Members of an object are written in byte order of their keys, because a ``JSONValue`` has no
  /// order; a non-finite number, which JSON cannot represent, becomes null.
  package mutating func value(_ value: JSONValue) {
    switch value {
    case .object(let members):
      beginObject()
      for (key, value) in members { member(key, value) }
      endObject()
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .string(let text): string(text)
    case .integer(let number): literal(String(number))
    // The shortest representation that reads back to the same double.
    case .number(let number): literal(number.isFinite ? number.description : "null")
    case .boolean(let boolean): literal(boolean ? "true" : "false")
    case .null: literal("null")
    }
  }
}

extension JSONValue {
  /// Returns the value as JSON; see ``JSONWriter/value(_:)`` for the order of members.
  ///
  /// - Parameter indentation: spaces per level; nil for output without white space.
  package func text(indentation: Int? = nil) -> String {
    var writer = JSONWriter(indentation: indentation)
    writer.value(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

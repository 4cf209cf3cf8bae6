extension JSONWriter {
  /// A whole value. The members of an object come in the order of their keys' bytes, since a ``JSONValue`` has none;
  /// a number that is not finite, for which JSON has no spelling, becomes null.
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
    // The shortest spelling that reads back to the same double.
    case .number(let number): literal(number.isFinite ? number.description : "null")
    case .boolean(let boolean): literal(boolean ? "true" : "false")
    case .null: literal("null")
    }
  }
}

extension JSONValue {
  /// The value as JSON; see ``JSONWriter/value(_:)`` for the order of members.
  ///
  /// - Parameter indentation: spaces for each level; nil for a text without white space.
  package func text(indentation: Int? = nil) -> String {
    var writer = JSONWriter(indentation: indentation)
    writer.value(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

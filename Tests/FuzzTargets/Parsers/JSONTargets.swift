import Foundations

extension FuzzTarget {
  /// The reader in its three manners: a tree, bytes without strings, reading over. They must agree.
  static let json = FuzzTarget(
    "json", cases: 40_000, format: .json,
    seeds: [
      #" {"a": [1, -2.5e1, true, false, null, "xé\n\ud83d\ude00\u0041"], "b": {}, "c": [[], [{}]], "d": "日本"} "#,
      #"[0, 9223372036854775807, -9223372036854775807, 9223372036854775808, 1e308, 5e-324, 0.1, -0, -0.0, 1E+2]"#,
      "\"a \\\"quoted\\\" \\\\ \\/ \\b\\f\\r\\t text\"", "{\"\": {\"\": [\"\"]}}",
    ].map { Array($0.utf8) } + [Fixtures.bytes("tiny-llama/config.json"), Fixtures.bytes("corpus/raw.json")],
    errors: [JSONError.self]
  ) { bytes, _ in
    let value = Result { () throws(JSONError) in try JSONValue(parsing: bytes.span) }
    let isSkipped = Result { () throws(JSONError) in
      var reader = JSONReader(bytes.span)
      try reader.skipValue()
      try reader.end()
    }
    let isWalked = Result { () throws(JSONError) in
      var reader = JSONReader(bytes.span)
      var scratch: [UInt8] = []
      try walk(&reader, &scratch)
      try reader.end()
    }
    if case .success = value {
      guard case .success = isSkipped else { throw Finding("what is read as a value cannot be read over") }
    }
    switch (isSkipped, isWalked) {
    case (.success, .success), (.failure, .failure): break
    default: throw Finding("strings and their bytes are not judged alike")
    }
    let tree = try value.get()
    for indentation in [nil, 2] {
      let again = try? JSONValue(parsing: Array(tree.text(indentation: indentation).utf8).span)
      guard again == tree else { throw Finding("what is written is not what was read: \(tree)") }
    }
    _ = (try? JSONFields(tree).count("a", limit: 10), try? JSONFields(tree).number("a", in: 0...1))
  }

  private static func walk(_ reader: inout JSONReader, _ scratch: inout [UInt8]) throws(JSONError) {
    switch try reader.peek() {
    case .object:
      try reader.beginObject()
      while try reader.appendNextKey(to: &scratch) { try walk(&reader, &scratch) }
    case .array:
      try reader.beginArray()
      while try reader.nextElement() { try walk(&reader, &scratch) }
    case .string: try reader.appendString(to: &scratch)
    case .number: _ = try reader.number()
    case .boolean: _ = try reader.boolean()
    case .null: try reader.null()
    }
  }
}

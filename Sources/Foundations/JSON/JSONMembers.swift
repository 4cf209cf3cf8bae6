/// The members of a JSON object in the order of its text, each value as the text it has there: for changing some of them and
/// writing the others as they were, down to the digits of a number.
package struct JSONMembers {
  package private(set) var members: [(key: String, value: String)] = []

  /// Parses a text that is one object; a duplicate key is an error.
  package init(parsing text: [UInt8]) throws(JSONError) {
    var reader = JSONReader(text.span)
    var known: Set<ByteString> = []
    try reader.beginObject()
    while let key = try reader.nextKey() {
      guard known.insert(ByteString(key)).inserted else { throw reader.duplicate(key) }
      members.append((key, try Self.value(&reader, text)))
    }
    try reader.end()
  }

  /// The value of a member as text; nil if there is none. An assigned value stands where the old one stood, or at the end.
  package subscript(key: String) -> String? {
    get { place(key).map { members[$0].value } }
    set {
      switch (place(key), newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }

  /// Replaces the values for which `body` returns another.
  package mutating func replaceValues(_ body: (_ key: String, _ value: String) -> String?) {
    for place in members.indices {
      if let value = body(members[place].key, members[place].value) { members[place].value = value }
    }
  }

  /// Replaces a member's value, or adds the member behind `other`.
  package mutating func set(_ key: String, _ value: String, behind other: String) {
    if place(key) == nil, let place = place(other) {
      members.insert((key, value), at: place + 1)
    } else {
      self[key] = value
    }
  }

  /// The object as text, each member on a line of its own, indented by two spaces a level as in files of transformers.
  package func text(level: Int = 0) -> String {
    if members.isEmpty { return "{}" }
    let lines = members.map { "\(Self.indent(level + 1))\(JSONValue.string($0.key).text()): \($0.value)" }
    return "{\n\(lines.joined(separator: ",\n"))\n\(Self.indent(level))}"
  }

  /// The elements of an array as texts; nil if the text is no array.
  package static func elements(of value: String) -> [String]? {
    let text = Array(value.utf8)
    return try? elements(text)
  }

  /// An array of such elements as text, laid out like ``text(level:)``.
  package static func array(_ elements: [String], level: Int) -> String {
    if elements.isEmpty { return "[]" }
    let lines = elements.map { indent(level + 1) + $0 }
    return "[\n\(lines.joined(separator: ",\n"))\n\(indent(level))]"
  }

  private func place(_ key: String) -> Int? { members.firstIndex { $0.key.hasSameBytes(as: key) } }

  private static func indent(_ level: Int) -> String { String(repeating: "  ", count: level) }

  private static func elements(_ text: [UInt8]) throws(JSONError) -> [String] {
    var reader = JSONReader(text.span)
    var elements: [String] = []
    try reader.beginArray()
    while try reader.nextElement() { elements.append(try value(&reader, text)) }
    try reader.end()
    return elements
  }

  /// Skips a value and returns its text, which the reader has found to be valid.
  private static func value(_ reader: inout JSONReader, _ text: [UInt8]) throws(JSONError) -> String {
    // Skips the white space before it.
    _ = try reader.peek()
    let start = reader.offset
    try reader.skipValue()
    return String(decoding: text[start..<reader.offset], as: UTF8.self)
  }
}

/// The members of a JSON object, whose keys are compared by bytes.
package struct JSONObject: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  private var members: [ByteString: JSONValue] = [:]

  package init() {}

  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// - Parameter members: of equal keys the last one takes effect.
  package init(_ members: some Sequence<(key: String, value: JSONValue)>) {
    for (key, value) in members { self[key] = value }
  }

  package subscript(key: String) -> JSONValue? {
    get { members[ByteString(key)] }
    set { members[ByteString(key)] = newValue }
  }

  package var count: Int { members.count }
  package var isEmpty: Bool { members.isEmpty }

  /// The keys in byte order.
  package var keys: [String] { members.keys.sorted().map(\.text) }

  /// Adds a member. Returns false, with nothing changed, if the key already exists.
  mutating func insert(_ key: String, _ value: JSONValue) -> Bool {
    let place = ByteString(key)
    if members[place] != nil { return false }
    members[place] = value
    return true
  }
}

extension JSONObject: Sequence {
  /// Iterates over the members in byte order of their keys.
  package func makeIterator() -> some IteratorProtocol<(key: String, value: JSONValue)> {
    members.sorted { $0.key < $1.key }.lazy.map { (key: $0.key.text, value: $0.value) }.makeIterator()
  }
}

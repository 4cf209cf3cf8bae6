/// The members of a JSON object, read by name with one-line errors. A null member counts as absent.
package struct JSONFields: Sendable {
  /// A fault of a member: `hidden_size: expected an integer of at least 1, found 0`.
  package struct Fault: Error, Sendable {
    package let reason: String
    package init(reason: String) { self.reason = reason }
  }

  /// Path of the object, such as `rope_scaling.`; empty at the top.
  package let path: String
  private let members: JSONObject

  package init(_ json: JSONValue, path: String = "") {
    members = json.object ?? JSONObject()
    self.path = path
  }

  package var keys: [String] { members.keys }

  package func value(_ key: String) -> JSONValue? {
    members[key].flatMap { $0.isNull ? nil : $0 }
  }

  package func object(_ key: String) throws(Fault) -> JSONFields? {
    guard let value = value(key) else { return nil }
    guard value.object != nil else { throw fault(key, "an object", value) }
    return JSONFields(value, path: "\(path)\(key).")
  }

  package func string(_ key: String, default fallback: String? = nil) throws(Fault) -> String {
    guard let found = value(key) else {
      guard let fallback else { throw fault(key, "a string", nil) }
      return fallback
    }
    guard let string = found.string else { throw fault(key, "a string", found) }
    return string
  }

  package func boolean(_ key: String, default fallback: Bool) throws(Fault) -> Bool {
    guard let found = value(key) else { return fallback }
    guard let boolean = found.boolean else { throw fault(key, "true or false", found) }
    return boolean
  }

  /// Returns a count of at least 1.
  package func count(_ key: String, default fallback: Int? = nil, limit: Int) throws(Fault) -> Int {
    let found = value(key)
    if found == nil, let fallback { return fallback }
    guard let count = found?.integer, (1...limit).contains(count) else {
      throw fault(key, "an integer from 1 to \(limit)", found)
    }
    return count
  }

  package func number(
    _ key: String, default fallback: Double? = nil, in range: ClosedRange<Double>
  ) throws(Fault) -> Double {
    let found = value(key)
    if found == nil, let fallback { return fallback }
    guard let number = found?.double, range.contains(number) else {
      throw fault(key, "a number from \(range.lowerBound) to \(range.upperBound)", found)
    }
    return number
  }

  package func unsupported(_ key: String, _ found: String, known: String) -> Fault {
    Fault(reason: "\(path)\(key): \(found.quoted) is not supported, expected \(known)")
  }

  private func fault(_ key: String, _ expected: String, _ found: JSONValue?) -> Fault {
    Fault(reason: "\(path)\(key): expected \(expected), found \(found?.found ?? "nothing")")
  }
}

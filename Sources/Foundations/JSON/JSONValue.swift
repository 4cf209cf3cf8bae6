/// A parsed JSON text. Integers that fit are exact; duplicate keys are refused by the parser. Strings are compared by
/// bytes.
package enum JSONValue: Sendable {
  case object(JSONObject)
  case array([JSONValue])
  case string(String)
  case integer(Int)
  /// A number with a fraction or an exponent, or an integer too large for `Int`. Always finite.
  case number(Double)
  case boolean(Bool)
  case null

  /// Parses one whole JSON text.
  package init(parsing bytes: Span<UInt8>) throws(JSONError) {
    var reader = JSONReader(bytes)
    self = try reader.value()
    try reader.end()
  }

  package subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  package var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
  package var isNull: Bool { self == .null }

  /// The value of either kind of number.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// A description for messages: `a string "silu"`, `an integer 4`, `an array`. Long strings are truncated.
  package var found: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string(let value): "the string \(value.quoted)"
    case .integer(let value): "the integer \(value)"
    case .number(let value): "the number \(value)"
    case .boolean(let value): "\(value)"
    case .null: "null"
    }
  }
}

extension JSONValue: Equatable {
  package static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.object(let left), .object(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.integer(let left), .integer(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.boolean(let left), .boolean(let right)): left == right
    case (.null, .null): true
    default: false
    }
  }
}

import Foundations

/// A value of a tokenizer file with its path, for one-line error messages.
struct TokenizerSetting {
  let file: String
  let path: String
  let value: JSONValue

  /// Maximum number of elements in a list, far above any list except vocabulary and merges.
  private static let elementLimit = 100_000

  /// The member `key`, or nil if it is absent or null.
  subscript(key: String) -> TokenizerSetting? {
    guard let member = value[key], !member.isNull else { return nil }
    return TokenizerSetting(file: file, path: "\(path).\(key)", value: member)
  }

  /// Returns the member `key`; throws if it is absent.
  func member(_ key: String) throws(TokenizerError) -> TokenizerSetting {
    if let member = self[key] { return member }
    guard case .object = value else { throw invalid("an object") }
    throw .invalid(file: file, key: "\(path).\(key)", expected: "a value", found: "nothing")
  }

  /// Returns the member `type`.
  func type() throws(TokenizerError) -> ByteString { ByteString(try member("type").string()) }

  func string() throws(TokenizerError) -> String {
    guard let string = value.string else { throw invalid("a string") }
    return string
  }

  /// Returns a string of one Unicode scalar.
  func scalar() throws(TokenizerError) -> Unicode.Scalar {
    let scalars = try string().unicodeScalars
    guard let scalar = scalars.first, scalars.count == 1 else { throw invalid("one Unicode scalar") }
    return scalar
  }

  func boolean() throws(TokenizerError) -> Bool {
    guard let boolean = value.boolean else { throw invalid("true or false") }
    return boolean
  }

  /// Returns an integer from 0 to 2,097,151: an id or a count.
  func count() throws(TokenizerError) -> Int {
    guard let integer = value.integer, (0..<TokenizerFile.idLimit).contains(integer) else {
      throw invalid("an integer from 0 to \(TokenizerFile.idLimit - 1)")
    }
    return integer
  }

  func elements() throws(TokenizerError) -> [TokenizerSetting] {
    guard let elements = value.array else { throw invalid("an array") }
    guard elements.count <= Self.elementLimit else { throw invalid("at most \(Self.elementLimit) elements") }
    return elements.enumerated().map { TokenizerSetting(file: file, path: "\(path)[\($0)]", value: $1) }
  }

  func invalid(_ expected: String) -> TokenizerError {
    .invalid(file: file, key: path, expected: expected, found: found)
  }

  /// Returns the error that refuses the value by name.
  func unsupported(_ reason: String = "") throws(TokenizerError) -> TokenizerError {
    .unsupported(file: file, key: path, setting: found + reason)
  }

  private var found: String {
    if let string = value.string { return string.quoted }
    return value.found
  }
}

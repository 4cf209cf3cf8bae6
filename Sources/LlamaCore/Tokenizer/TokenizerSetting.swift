/// A value of a tokenizer file with its place in it, so that what is wrong with it can be said in one line.
struct TokenizerSetting {
  let file: String
  let path: String
  let value: JSONValue

  /// Far more than any list beside the vocabulary and the merges has.
  private static let elementLimit = 100_000

  /// The member `key`, or nil where it is absent or null.
  subscript(key: String) -> TokenizerSetting? {
    guard let member = value[key], !member.isNull else { return nil }
    return TokenizerSetting(file: file, path: "\(path).\(key)", value: member)
  }

  /// The member `key`, which must be there.
  func member(_ key: String) throws(TokenizerError) -> TokenizerSetting {
    if let member = self[key] { return member }
    guard case .object = value else { throw invalid("an object") }
    throw .invalid(file: file, key: "\(path).\(key)", expected: "a value", found: "nothing")
  }

  /// The member `type`.
  func type() throws(TokenizerError) -> ByteString { ByteString(try member("type").string()) }

  func string() throws(TokenizerError) -> String {
    guard let string = value.string else { throw invalid("a string") }
    return string
  }

  /// A string of one Unicode scalar.
  func scalar() throws(TokenizerError) -> Unicode.Scalar {
    let scalars = try string().unicodeScalars
    guard let scalar = scalars.first, scalars.count == 1 else { throw invalid("one Unicode scalar") }
    return scalar
  }

  func boolean() throws(TokenizerError) -> Bool {
    guard let boolean = value.boolean else { throw invalid("true or false") }
    return boolean
  }

  /// An integer from 0 to 2,097,151: an id or a count.
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

  /// Refuses the value by its name.
  func unsupported(_ reason: String = "") throws(TokenizerError) -> TokenizerError {
    .unsupported(file: file, key: path, setting: found + reason)
  }

  private var found: String {
    if let string = value.string { return string.quoted }
    return value.found
  }
}

/// How a normalized text is cut into the pieces that the model encodes: steps, each of which cuts what the one
/// before has left.
struct PreTokenizer: Sendable {
  enum Step: Equatable, Sendable {
    /// Words, digits, symbols and white space by one of the known regular expressions.
    case words(WordPattern)
    /// `Digits`: every digit for itself, or every run of digits.
    case digits(individually: Bool)
    /// A `Split` on `\p{N}{1,limit}`, isolated.
    case numbers(limit: Int)
    /// Puts a space before a piece that has none.
    case prefixSpace
    /// Puts `replacement` for every space and before the piece, and cuts before it.
    case metaspace(replacement: Unicode.Scalar, prepends: Prepending, splits: Bool)
  }

  enum Prepending: String, Sendable { case first, never, always }

  var steps: [Step] = []
  /// The model sees bytes in GPT-2's spelling; here, the bytes themselves.
  var isByteLevel = false

  /// More would only serve to use up the stack.
  private static let stepLimit = 32
  /// Each of these may put its mark before every piece, and the steps between may make pieces of the marks: a text can
  /// double with each. Known tokenizers have one.
  private static let metaspaceLimit = 4

  init() {}

  /// Reads the `pre_tokenizer` of a file.
  init(_ setting: TokenizerSetting) throws(TokenizerError) {
    try append(setting)
    guard steps.count <= Self.stepLimit else { throw setting.invalid("at most \(Self.stepLimit) steps") }
    let metaspaces = steps.count { if case .metaspace = $0 { true } else { false } }
    guard metaspaces <= Self.metaspaceLimit else {
      throw setting.invalid("at most \(Self.metaspaceLimit) Metaspace steps")
    }
  }

  private mutating func append(_ setting: TokenizerSetting) throws(TokenizerError) {
    let type = try setting.member("type")
    if isByteLevel { throw try type.unsupported(" after ByteLevel") }
    switch try type.string() {
    case "Sequence":
      for element in try setting.member("pretokenizers").elements() { try append(element) }
    case "ByteLevel":
      if try setting.member("add_prefix_space").boolean() { steps.append(.prefixSpace) }
      if try setting["use_regex"]?.boolean() ?? true { steps.append(.words(.gpt2)) }
      isByteLevel = true
    case "Digits": steps.append(.digits(individually: try setting.member("individual_digits").boolean()))
    case "Split": try appendSplit(setting)
    case "Metaspace": steps.append(try Self.metaspace(setting))
    default: throw try type.unsupported()
    }
  }

  private mutating func appendSplit(_ setting: TokenizerSetting) throws(TokenizerError) {
    let pattern = try setting.member("pattern")
    let regex = try pattern.member("Regex")
    let behavior = try setting.member("behavior")
    let inverts = try setting.member("invert").boolean()
    if let words = WordPattern(try regex.string()) {
      // The expression matches everything, so that these two do the same.
      let isIsolated = try behavior.string() == "Isolated"
      let keepsMatches = try behavior.string() == "Removed" && inverts
      guard isIsolated || keepsMatches else { throw try behavior.unsupported() }
      steps.append(.words(words))
    } else if let limit = WordPattern.digitLimit(of: try regex.string()) {
      guard try behavior.string() == "Isolated" else { throw try behavior.unsupported() }
      steps.append(.numbers(limit: limit))
    } else {
      throw try regex.unsupported(" (no known split pattern)")
    }
  }

  static func metaspace(_ setting: TokenizerSetting) throws(TokenizerError) -> Step {
    let scheme = setting["prepend_scheme"]
    var prepends = Prepending.always
    if let scheme {
      guard let known = Prepending(rawValue: try scheme.string()) else {
        throw scheme.invalid("first, never or always")
      }
      prepends = known
    }
    // What files said before there was a scheme.
    if let old = setting["add_prefix_space"], try !old.boolean() {
      if prepends != .never { throw old.invalid("a value that agrees with prepend_scheme") }
    }
    return .metaspace(
      replacement: try setting.member("replacement").scalar(), prepends: prepends,
      splits: try setting["split"]?.boolean() ?? true)
  }
}

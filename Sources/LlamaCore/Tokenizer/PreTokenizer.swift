/// Splits a normalized text into the pieces that the model encodes, in steps that each split the pieces of the previous
/// one.
struct PreTokenizer: Sendable {
  enum Step: Equatable, Sendable {
    /// Words, digits, symbols and white space by one of the known regular expressions.
    case words(PretokenizerPattern)
    /// `Digits`: every digit alone, or every run of digits.
    case digits(individually: Bool)
    /// A `Split` on `\p{N}{1,limit}`, isolated.
    case numbers(limit: Int)
    /// Inserts a space before a piece that has none.
    case prefixSpace
    /// Replaces every space by `replacement`, prepends it to the piece, and splits before it.
    case metaspace(replacement: Unicode.Scalar, prepends: Prepending, splits: Bool)
  }

  enum Prepending: String, Sendable { case first, never, always }

  var steps: [Step] = []
  /// True if the model's vocabulary spells bytes as GPT-2 does; pieces here are the bytes themselves.
  var isByteLevel = false

  /// Maximum number of steps; more would only exhaust the stack.
  private static let stepLimit = 32
  /// Maximum number of `Metaspace` steps. Each may prepend its mark to every piece, and steps between may make pieces
  /// of the marks, so a text can double with each. Known tokenizers have one.
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
    if let words = PretokenizerPattern(try regex.string()) {
      // The expression matches everything, so the two behaviours are equivalent.
      let isIsolated = try behavior.string() == "Isolated"
      let keepsMatches = try behavior.string() == "Removed" && inverts
      guard isIsolated || keepsMatches else { throw try behavior.unsupported() }
      steps.append(.words(words))
    } else if let limit = PretokenizerPattern.digitLimit(of: try regex.string()) {
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
    // The old form of the setting, before `prepend_scheme`.
    if let old = setting["add_prefix_space"], try !old.boolean() {
      if prepends != .never { throw old.invalid("a value that agrees with prepend_scheme") }
    }
    return .metaspace(
      replacement: try setting.member("replacement").scalar(), prepends: prepends,
      splits: try setting["split"]?.boolean() ?? true)
  }
}

/// Special tokens that post-processing adds before and after a text.
struct SequenceTemplate: Sendable {
  var prefix: [TokenID] = []
  var suffix: [TokenID] = []

  /// Maximum number of special tokens around a text, so that two nested lists cannot produce a thousand million.
  private static let tokenLimit = 1000

  init() {}

  /// Reads the `post_processor` of a file. Offsets, which `ByteLevel` trims in the library, do not exist here.
  init(_ setting: TokenizerSetting) throws(TokenizerError) {
    var isFound = false
    try read(setting, isFound: &isFound)
  }

  private mutating func read(_ setting: TokenizerSetting, isFound: inout Bool) throws(TokenizerError) {
    let type = try setting.member("type")
    switch try type.string() {
    case "Sequence":
      for element in try setting.member("processors").elements() { try read(element, isFound: &isFound) }
    case "ByteLevel": break
    case "TemplateProcessing":
      if isFound { throw try type.unsupported(" after another TemplateProcessing") }
      isFound = true
      try readTemplate(setting)
    default: throw try type.unsupported()
    }
  }

  private mutating func readTemplate(_ setting: TokenizerSetting) throws(TokenizerError) {
    let single = try setting.member("single")
    var isAfterText = false
    for piece in try single.elements() {
      if let sequence = piece["Sequence"] {
        let id = try sequence.member("id")
        if try id.string() != "A" || isAfterText { throw id.invalid("the text A once") }
        isAfterText = true
      } else {
        let name = try piece.member("SpecialToken").member("id")
        let tokens = try setting.member("special_tokens").member(try name.string()).member("ids").elements()
        guard prefix.count + suffix.count + tokens.count <= Self.tokenLimit else {
          throw single.invalid("at most \(Self.tokenLimit) special tokens")
        }
        for token in tokens {
          let id = TokenID(truncatingIfNeeded: try token.count())
          if isAfterText { suffix.append(id) } else { prefix.append(id) }
        }
      }
    }
    if !isAfterText { throw single.invalid("a place for the text A") }
  }
}

/// Decoding of tokens to text: steps over the list of token texts, which are joined at the end.
struct TokenDecoder: Sendable {
  enum Step: Equatable, Sendable {
    case byteLevel
    case byteFallback
    case fuse
    case replace(pattern: [UInt8], content: [UInt8])
    /// Strips up to the given numbers of a scalar from both ends of every text.
    case strip(Unicode.Scalar, start: Int, stop: Int)
    /// Replaces `replacement` by spaces, or by nothing in the first token.
    case metaspace(replacement: Unicode.Scalar, stripsFirst: Bool)
  }

  /// Steps of the decoder; nil without a decoder, when token texts are joined with spaces.
  private(set) var steps: [Step]?

  init() {}

  /// Reads the `decoder` of a file.
  init(_ setting: TokenizerSetting) throws(TokenizerError) {
    var growth = 1
    let steps = try Self.steps(setting, growth: &growth)
    let limit = TextNormalizer.stepLimit
    guard steps.count <= limit else { throw setting.invalid("at most \(limit) steps") }
    self.steps = steps
  }

  /// Reads steps. Consecutive replacements lengthen a text by the product of their factors; see `TextNormalizer`.
  private static func steps(_ setting: TokenizerSetting, growth: inout Int) throws(TokenizerError) -> [Step] {
    let type = try setting.member("type")
    switch try type.string() {
    case "Sequence":
      var steps: [Step] = []
      for element in try setting.member("decoders").elements() {
        steps += try Self.steps(element, growth: &growth)
      }
      return steps
    case "ByteLevel": return [.byteLevel]
    case "ByteFallback": return [.byteFallback]
    case "Fuse": return [.fuse]
    case "Replace":
      let pattern = try setting.member("pattern")
      guard let string = pattern["String"] else { throw try pattern.unsupported(" (only a String pattern)") }
      let bytes = Array(try string.string().utf8)
      guard (1...256).contains(bytes.count) else { throw string.invalid("a text of 1 to 256 bytes") }
      let content = try setting.member("content")
      let contentBytes = Array(try content.string().utf8)
      guard contentBytes.count <= 256 else { throw content.invalid("a text of at most 256 bytes") }
      try TextNormalizer.grow(&growth, bytes, contentBytes, content)
      return [.replace(pattern: bytes, content: contentBytes)]
    case "Strip":
      return [
        .strip(
          try setting.member("content").scalar(), start: try setting.member("start").count(),
          stop: try setting.member("stop").count())
      ]
    case "Metaspace":
      guard case .metaspace(let replacement, let prepends, _) = try PreTokenizer.metaspace(setting) else { return [] }
      return [.metaspace(replacement: replacement, stripsFirst: prepends != .never)]
    default: throw try type.unsupported()
    }
  }

  /// Returns the text of `tokens`.
  func decode(_ tokens: [[UInt8]]) -> String {
    guard let steps else { return String(decoding: Array(tokens.joined(separator: [0x20])), as: UTF8.self) }
    var tokens = tokens
    for step in steps { tokens = Self.apply(step, to: tokens) }
    return String(decoding: Array(tokens.joined()), as: UTF8.self)
  }
}

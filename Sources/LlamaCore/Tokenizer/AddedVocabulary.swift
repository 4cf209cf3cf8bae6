import Foundations

/// The tokens that a file adds to the model's: they are found in the text before it is split or merged.
///
/// Tokens that are not `normalized` are found first, in the text as given; the others then in the text between them,
/// after normalization, each against its own normalized text. Both times leftmost first, the longest at each place.
struct AddedVocabulary: Sendable {
  struct Token: Sendable {
    var id: TokenID
    var text: [UInt8]
    /// Omitted from decoded text if special tokens are skipped.
    var isSpecial: Bool
    /// Not matched next to a word character.
    var isSingleWord: Bool
    /// Includes the white space before it.
    var stripsLeft: Bool
    /// Includes the white space after it.
    var stripsRight: Bool
    var isNormalized: Bool
    /// The text after normalization, used for matching and decoding.
    var normalizedText: [UInt8]
  }

  /// A subset of the tokens with its matcher.
  struct Group: Sendable {
    var tokens: [Token]
    var matcher: TokenMatcher
    var lengths: [Int]

    /// Creates a group; nil if there are no tokens.
    init?(_ tokens: [Token]) {
      if tokens.isEmpty { return nil }
      self.tokens = tokens
      matcher = TokenMatcher(tokens.map(\.normalizedText))
      lengths = tokens.map(\.normalizedText.count)
    }
  }

  /// Tokens in ascending order of ids.
  let tokens: [Token]
  /// The texts of special tokens.
  private let specialTexts: Set<[UInt8]>
  /// Tokens matched in the text as given.
  let asGiven: Group?
  /// Tokens matched in the normalized text.
  let normalized: Group?

  /// Maximum number of bytes of all added tokens, as given and normalized: ten times that of any known tokenizer.
  private static let byteLimit = 1 << 20

  /// Returns the added token with this id.
  func token(for id: TokenID) -> Token? {
    var range = tokens.startIndex..<tokens.endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if tokens[middle].id == id { return tokens[middle] }
      range = tokens[middle].id < id ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  /// Returns true if a token with this text is omitted when special tokens are skipped. The Hugging Face library
  /// compares texts: a special token that normalization changes is not omitted.
  func isSpecial(_ text: [UInt8]) -> Bool { specialTexts.contains(text) }

  /// Checks the `added_tokens` of a file.
  ///
  /// The Hugging Face library ignores the ids in this list: a token of the model keeps its id, the others are numbered
  /// from the size of the vocabulary on. A list with other ids is refused, because one of the two is wrong.
  init(
    _ setting: TokenizerSetting?, vocabulary: TokenTable, vocabularyEntries: [Int32], normalizer: TextNormalizer
  ) throws(TokenizerError) {
    var added = TokenTable()
    var tokens: [Token] = []
    var ids: Set<TokenID> = []
    var nextID = vocabulary.count
    var byteCount = 0
    for element in try setting?.elements() ?? [] {
      var token = try Token(element)
      // It can never be found; the library ignores it too.
      if token.text.isEmpty { continue }
      let content = try element.member("content")
      try Self.count(token.text, into: &byteCount, content)
      guard added.insert(token.text.span, id: token.id) else { throw content.invalid("every added token once") }
      guard ids.insert(token.id).inserted else { throw try element.member("id").invalid("every id once") }
      let expected = vocabulary.id(of: token.text.span)
      if expected == nil {
        let isTaken = vocabularyEntries.indices.contains(nextID) && vocabularyEntries[nextID] >= 0
        guard Int(token.id) == nextID, !isTaken else {
          throw try element.member("id").invalid("\(nextID), the first id after the vocabulary that is free")
        }
        nextID += 1
      } else if token.id != expected {
        throw try element.member("id").invalid("\(expected ?? 0), the id of this token in model.vocab")
      }
      if token.isNormalized {
        var origin = 0
        normalizer.apply(to: &token.normalizedText, originBytes: &origin)
        try Self.count(token.normalizedText, into: &byteCount, content)
        if token.normalizedText.isEmpty { throw content.invalid("a token that normalization leaves something of") }
      }
      tokens.append(token)
    }
    var searched = TokenTable()
    for token in tokens where token.isNormalized {
      guard searched.insert(token.normalizedText.span, id: token.id) else {
        throw .invalid(
          file: setting?.file ?? "", key: "added_tokens", expected: "normalized tokens that differ",
          found: "\(String(utf8: token.text.span).quoted), the same as another once normalized")
      }
    }
    self.tokens = tokens.sorted { $0.id < $1.id }
    specialTexts = Set(tokens.filter(\.isSpecial).map(\.text))
    asGiven = Group(tokens.filter { !$0.isNormalized })
    normalized = Group(tokens.filter(\.isNormalized))
  }

  private static func count(
    _ text: [UInt8], into byteCount: inout Int, _ content: TokenizerSetting
  ) throws(TokenizerError) {
    byteCount += text.count
    guard byteCount <= byteLimit else {
      throw .unsupported(
        file: content.file, key: "added_tokens", setting: "more than \(byteLimit) bytes of added tokens")
    }
  }
}

extension AddedVocabulary.Token {
  fileprivate init(_ setting: TokenizerSetting) throws(TokenizerError) {
    id = TokenID(truncatingIfNeeded: try setting.member("id").count())
    text = Array(try setting.member("content").string().utf8)
    isSpecial = try setting.member("special").boolean()
    isSingleWord = try setting.member("single_word").boolean()
    stripsLeft = try setting.member("lstrip").boolean()
    stripsRight = try setting.member("rstrip").boolean()
    isNormalized = try setting.member("normalized").boolean()
    normalizedText = text
  }
}

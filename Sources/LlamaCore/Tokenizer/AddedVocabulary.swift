/// The tokens that a file adds beside the model's: found in the text as a whole before it is split or merged.
///
/// Tokens that are not `normalized` are found first, in the text as given; the others then in what lies between,
/// after normalization, each against its own normalized text. Both times leftmost first, the longest at each place.
struct AddedVocabulary: Sendable {
  struct Token: Sendable {
    var id: TokenID
    var text: [UInt8]
    /// Left out of decoded text where special tokens are skipped.
    var isSpecial: Bool
    /// Not taken where a word character stands right before or after it.
    var isSingleWord: Bool
    /// Takes the white space before it.
    var stripsLeft: Bool
    /// Takes the white space after it.
    var stripsRight: Bool
    var isNormalized: Bool
    /// The text after normalization, which is searched for and decoded.
    var normalizedText: [UInt8]
  }

  /// Some of the tokens, with what finds them.
  struct Group: Sendable {
    var tokens: [Token]
    var matcher: TokenMatcher
    var lengths: [Int]

    /// Nil where there are no tokens.
    init?(_ tokens: [Token]) {
      if tokens.isEmpty { return nil }
      self.tokens = tokens
      matcher = TokenMatcher(tokens.map(\.normalizedText))
      lengths = tokens.map(\.normalizedText.count)
    }
  }

  /// By ascending id.
  let tokens: [Token]
  /// The texts of special tokens.
  private let specialTexts: Set<[UInt8]>
  /// Searched for in the text as given.
  let asGiven: Group?
  /// Searched for in the normalized text.
  let normalized: Group?

  /// The most bytes all added tokens may have, as given and normalized: ten times what any known tokenizer has.
  private static let byteLimit = 1 << 20

  /// The added token with this id.
  func token(for id: TokenID) -> Token? {
    var range = tokens.startIndex..<tokens.endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if tokens[middle].id == id { return tokens[middle] }
      range = tokens[middle].id < id ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  /// Whether a token that reads like this is left out where special tokens are skipped. The Hugging Face library
  /// compares texts: a special token that normalization changes is not left out.
  func isSpecial(_ text: [UInt8]) -> Bool { specialTexts.contains(text) }

  /// Checks the `added_tokens` of a file.
  ///
  /// The Hugging Face library ignores the ids in this list: a token of the model keeps its id, the others are
  /// numbered on from the size of the vocabulary. A list that says otherwise is refused, since one of both is wrong.
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
      // It could never be found; the library, too, passes over it.
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

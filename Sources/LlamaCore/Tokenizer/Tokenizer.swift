import Foundation

/// Turns text into token ids and back, as a Hugging Face `tokenizer.json` says.
///
/// ```swift
/// let tokenizer = try Tokenizer(contentsOf: URL(filePath: "Llama-3.2-1B"))
/// let ids = tokenizer.encode("Hello")   // [128000, 9906]
/// ```
///
/// Byte-pair encoding is implemented as Llama's relatives use it: byte-level with the split patterns of Llama 3 and
/// GPT-2, or SentencePiece-style with byte fallback. The ids are those of the Hugging Face library for every text,
/// its tables of letters, digits and white space included, so they do not change with the Swift runtime. What a
/// file asks for beyond that is refused by its name when it is loaded; encoding itself cannot fail.
///
/// `truncation` and `padding` in the file are ignored, as transformers ignores them unless told otherwise: a
/// profile of a text should not silently become a profile of its beginning, or of padding.
///
/// A tokenizer is immutable and keeps no cache. Any number of threads may use it, and memory is bounded by the
/// text: about one id per token, and 28 bytes per symbol of the longest piece that has to be merged at once. For texts of
/// unknown origin ``encode(_:maximumTokens:addingSpecialTokens:)`` bounds that piece, too.
public struct Tokenizer: Sendable {
  let model: BytePairModel
  let added: AddedVocabulary
  let normalizer: TextNormalizer
  let preTokenizer: PreTokenizer
  private let template: SequenceTemplate
  let decoder: TokenDecoder

  /// One past the highest id, added tokens included: the least number of rows of an embedding that fits.
  public let vocabularySize: Int

  /// The special tokens put before a text, such as the one for the beginning of a sequence.
  public var prefixTokens: [TokenID] { template.prefix }

  /// The special tokens put after a text.
  public var suffixTokens: [TokenID] { template.suffix }

  /// Loads a `tokenizer.json`.
  ///
  /// - Parameter url: The file, or a directory that holds one by this name. Nothing else in the directory is read.
  /// - Throws: `TokenizerError`, naming the file and the place in it.
  public init(contentsOf url: URL) throws(TokenizerError) {
    try self.init(TokenizerFile(contentsOf: url))
  }

  /// Loads a tokenizer from the bytes of a `tokenizer.json`; `name` stands for the file in messages.
  package init(json: [UInt8], name: String) throws(TokenizerError) {
    try self.init(TokenizerFile(bytes: json.span, name: name))
  }

  private init(_ file: TokenizerFile) throws(TokenizerError) {
    func section(_ key: String) -> TokenizerSetting? {
      file.sections[key].map { TokenizerSetting(file: file.name, path: key, value: $0) }
    }
    if let version = section("version"), try version.string() != "1.0" { throw version.invalid("\"1.0\"") }
    preTokenizer = try section("pre_tokenizer").map(PreTokenizer.init) ?? PreTokenizer()
    model = try BytePairModel(file, isByteLevel: preTokenizer.isByteLevel)
    normalizer = try section("normalizer").map(TextNormalizer.init) ?? TextNormalizer()
    added = try AddedVocabulary(
      section("added_tokens"), vocabulary: model.vocabulary, vocabularyEntries: model.entries, normalizer: normalizer)
    vocabularySize = max(model.idEnd, Int(added.tokens.last?.id ?? -1) + 1)
    decoder = try section("decoder").map(TokenDecoder.init) ?? TokenDecoder()
    template = try section("post_processor").map(SequenceTemplate.init) ?? SequenceTemplate()
    for id in template.prefix + template.suffix where token(for: id) == nil {
      throw file.invalid("post_processor.special_tokens", "ids of tokens", "\(id)")
    }
  }

  /// The ids of `text`.
  ///
  /// - Parameters:
  ///   - text: Any text. Two texts that look alike but differ in their scalars have different ids.
  ///   - addingSpecialTokens: Whether to put `prefixTokens` before and `suffixTokens` after. Special tokens that
  ///     are written out in the text become their ids either way, as in the Hugging Face library.
  public func encode(_ text: String, addingSpecialTokens: Bool = true) -> [TokenID] {
    var pass = EncodingPass(self)
    if addingSpecialTokens { pass.append(template.prefix) }
    pass.encode(text.utf8Span.span)
    if addingSpecialTokens { pass.append(template.suffix) }
    return pass.output.ids
  }

  /// The most bytes of a text without a place to split, such as a word, that
  /// ``encode(_:maximumTokens:addingSpecialTokens:)`` merges: 1 MiB.
  public static let stretchLimit = 1 << 20

  /// The first ids of `text`: exactly the first `maximumTokens` of what ``encode(_:addingSpecialTokens:)`` gives.
  ///
  /// Time and memory depend on the number of tokens, not on the length of the text.
  ///
  /// - Parameters:
  ///   - text: Any text.
  ///   - maximumTokens: The most ids to return, special tokens included.
  ///   - addingSpecialTokens: As for ``encode(_:addingSpecialTokens:)``.
  /// - Throws: ``TokenizerError/noPlaceToSplit(start:limit:)`` where more than ``stretchLimit`` bytes would have to be
  ///   merged at once to know the ids.
  public func encode(
    _ text: String, maximumTokens: Int, addingSpecialTokens: Bool = true
  ) throws(TokenizerError) -> TokenPrefix {
    // Eight bytes a token are enough for nearly every text, and twice the limit for every stretch that is merged.
    let expected = maximumTokens > .max / 8 ? .max : maximumTokens * 8
    return try encode(
      text, maximumTokens: maximumTokens, addingSpecialTokens: addingSpecialTokens,
      window: max(Self.firstWindow, min(expected, 2 * Self.stretchLimit)), nextWindow: expected)
  }

  /// Looks at the first `window` bytes of a text, and as long as these do not decide, at `nextWindow` and at least four
  /// times as many. No result depends on them.
  package func encode(
    _ text: String, maximumTokens: Int, addingSpecialTokens: Bool = true, window: Int, nextWindow: Int = 0
  ) throws(TokenizerError) -> TokenPrefix {
    let maximum = max(0, maximumTokens)
    let bytes = text.utf8Span.span
    var known = max(1, window)
    while true {
      let isOpen = known < bytes.count
      var pass = EncodingPass(self, output: TokenOutput(limit: maximum, stretchLimit: Self.stretchLimit))
      if addingSpecialTokens { pass.append(template.prefix) }
      pass.encode(bytes.extracting(0..<bytes.scalarStart(atOrBefore: known)), isOpen: isOpen)
      if let refusal = pass.output.refusal { throw refusal }
      if addingSpecialTokens, !isOpen, !pass.output.isFull { pass.append(template.suffix) }
      if !isOpen || pass.output.isFull {
        let ids = pass.output.ids
        return TokenPrefix(tokens: Array(ids.prefix(maximum)), isCut: ids.count > maximum)
      }
      known = max(nextWindow, known > .max / 4 ? .max : known * 4)
    }
  }

  private static let firstWindow = 1 << 13

  /// The text of `ids`. Ids that no token has are passed over; bytes that form no scalar become U+FFFD.
  ///
  /// - Parameters:
  ///   - ids: Token ids, as `encode` gives them.
  ///   - skippingSpecialTokens: Whether to leave special tokens out.
  public func decode(_ ids: [TokenID], skippingSpecialTokens: Bool = true) -> String {
    decoder.decode(ids.compactMap { spelling(of: $0, skippingSpecialTokens: skippingSpecialTokens) })
  }

  /// What a token hands to the decoder; nil for an id that no token has, and for special tokens where they are left out.
  func spelling(of id: TokenID, skippingSpecialTokens: Bool) -> [UInt8]? {
    guard let bytes = added.token(for: id)?.normalizedText ?? model.tokenBytes(for: id) else { return nil }
    return skippingSpecialTokens && added.isSpecial(bytes) ? nil : bytes
  }

  /// The token with this id as the file spells it, or nil.
  public func token(for id: TokenID) -> String? {
    added.token(for: id).map { String(decoding: $0.text, as: UTF8.self) }
      ?? model.tokenBytes(for: id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The id of a token as the file spells it, or nil. Spellings are compared scalar by scalar.
  public func id(for token: String) -> TokenID? {
    let bytes = Array(token.utf8)
    return model.vocabulary.id(of: bytes.span) ?? added.tokens.first { $0.text == bytes }?.id
  }
}

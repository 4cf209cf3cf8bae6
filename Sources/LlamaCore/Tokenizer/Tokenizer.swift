import Foundation
import Foundations

/// Encodes text as token ids and decodes them, as defined by a Hugging Face `tokenizer.json`.
///
/// ```swift
/// let tokenizer = try Tokenizer(contentsOf: URL(filePath: "Llama-3.2-1B"))
/// let ids = tokenizer.encode("Hello")   // [128000, 9906]
/// ```
///
/// Byte-pair encoding is implemented as Llama's relatives use it: byte-level with the split patterns of Llama 3 and
/// GPT-2, or SentencePiece-style with byte fallback. The ids are those of the Hugging Face library for every text, its
/// tables of letters, digits and white space included, so they do not change with the Swift runtime. Any other setting
/// of a file is refused by name when it is loaded; encoding itself cannot fail.
///
/// `truncation` and `padding` in the file are ignored, as transformers ignores them by default: a profile of a text
/// should not silently become a profile of its beginning, or of padding.
///
/// A tokenizer is immutable and keeps no cache. Any number of threads may use it, and memory is bounded by the text:
/// about one id per token, and 28 bytes per symbol of the longest piece that has to be merged at once. For untrusted
/// texts ``encode(_:maximumTokens:addingSpecialTokens:)`` bounds that piece, too.
public struct Tokenizer: Sendable {
  let model: BytePairModel
  let added: AddedVocabulary
  let normalizer: TextNormalizer
  let preTokenizer: PreTokenizer
  private let template: SequenceTemplate
  let decoder: TokenDecoder

  /// One past the highest id, including added tokens: the minimum number of embedding rows.
  public let vocabularySize: Int

  /// Special tokens added before a text, such as the beginning-of-sequence token.
  public var prefixTokens: [TokenID] { template.prefix }

  /// Special tokens added after a text.
  public var suffixTokens: [TokenID] { template.suffix }

  /// Loads a `tokenizer.json`.
  ///
  /// - Parameter url: The file, or a directory that contains a file of this name. No other file in the directory is
  ///   read.
  /// - Throws: `TokenizerError`, naming the file and the place in it.
  public init(contentsOf url: URL) throws(TokenizerError) {
    try self.init(TokenizerFile(contentsOf: url))
  }

  /// Loads a tokenizer from the bytes of a `tokenizer.json`; `name` identifies the file in messages.
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

  /// Returns the ids of `text`.
  ///
  /// - Parameters:
  ///   - text: Any text. Texts that look alike but differ in their scalars have different ids.
  ///   - addingSpecialTokens: True to add `prefixTokens` before and `suffixTokens` after the text. Special tokens that
  ///     are written out in the text become their ids either way, as in the Hugging Face library.
  public func encode(_ text: String, addingSpecialTokens: Bool = true) -> [TokenID] {
    var pass = EncodingPass(self)
    if addingSpecialTokens { pass.append(template.prefix) }
    pass.encode(text.utf8Span.span)
    if addingSpecialTokens { pass.append(template.suffix) }
    return pass.output.ids
  }

  /// Maximum number of bytes of a text without a place to split, such as a word, that
  /// ``encode(_:maximumTokens:addingSpecialTokens:)`` merges: 1 MiB.
  public static let maximumSegmentBytes = 1 << 20

  /// Returns the first ids of `text`: exactly the first `maximumTokens` ids of ``encode(_:addingSpecialTokens:)``.
  ///
  /// Time and memory depend on the number of tokens, not on the length of the text.
  ///
  /// - Parameters:
  ///   - text: Any text.
  ///   - maximumTokens: Maximum number of ids to return, including special tokens.
  ///   - addingSpecialTokens: As for ``encode(_:addingSpecialTokens:)``.
  /// - Throws: ``TokenizerError/noPlaceToSplit(start:limit:)`` if more than ``maximumSegmentBytes`` bytes would have to be
  ///   merged at once to know the ids.
  public func encode(
    _ text: String, maximumTokens: Int, addingSpecialTokens: Bool = true
  ) throws(TokenizerError) -> TokenPrefix {
    // Eight bytes per token are enough for nearly every text, and twice the limit for every stretch that is merged.
    let expected = maximumTokens > .max / 8 ? .max : maximumTokens * 8
    return try encode(
      text, maximumTokens: maximumTokens, addingSpecialTokens: addingSpecialTokens,
      window: max(Self.firstWindow, min(expected, 2 * Self.maximumSegmentBytes)), nextWindow: expected)
  }

  /// Examines the first `window` bytes of a text, and as long as these are not sufficient, `nextWindow` and at least
  /// four times as many. No result depends on these sizes.
  package func encode(
    _ text: String, maximumTokens: Int, addingSpecialTokens: Bool = true, window: Int, nextWindow: Int = 0
  ) throws(TokenizerError) -> TokenPrefix {
    let maximum = max(0, maximumTokens)
    let bytes = text.utf8Span.span
    var known = max(1, window)
    while true {
      let isOpen = known < bytes.count
      var pass = EncodingPass(
        self, output: EncodingBuffer(limit: maximum, maximumSegmentBytes: Self.maximumSegmentBytes))
      if addingSpecialTokens { pass.append(template.prefix) }
      pass.encode(bytes.extracting(0..<bytes.scalarStart(atOrBefore: known)), isOpen: isOpen)
      if let refusal = pass.output.refusal { throw refusal }
      if addingSpecialTokens, !isOpen, !pass.output.isFull { pass.append(template.suffix) }
      if !isOpen || pass.output.isFull {
        let ids = pass.output.ids
        return TokenPrefix(tokens: Array(ids.prefix(maximum)), isTruncated: ids.count > maximum)
      }
      known = max(nextWindow, known > .max / 4 ? .max : known * 4)
    }
  }

  private static let firstWindow = 1 << 13

  /// Returns the text of `ids`. Unknown ids are ignored; bytes that form no scalar become U+FFFD.
  ///
  /// - Parameters:
  ///   - ids: Token ids, as returned by `encode`.
  ///   - skippingSpecialTokens: True to omit special tokens.
  public func decode(_ ids: [TokenID], skippingSpecialTokens: Bool = true) -> String {
    decoder.decode(ids.compactMap { spelling(of: $0, skippingSpecialTokens: skippingSpecialTokens) })
  }

  /// Returns the spelling of a token for the decoder; nil for an unknown id, and for special tokens if they are
  /// skipped.
  func spelling(of id: TokenID, skippingSpecialTokens: Bool) -> [UInt8]? {
    guard let bytes = added.token(for: id)?.normalizedText ?? model.tokenBytes(for: id) else { return nil }
    return skippingSpecialTokens && added.isSpecial(bytes) ? nil : bytes
  }

  /// Returns the token with this id in the spelling of the file, or nil.
  public func token(for id: TokenID) -> String? {
    added.token(for: id).map { String(decoding: $0.text, as: UTF8.self) }
      ?? model.tokenBytes(for: id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Returns the id of a token in the spelling of the file, or nil. Spellings are compared scalar by scalar.
  public func id(for token: String) -> TokenID? {
    let bytes = Array(token.utf8)
    return model.vocabulary.id(of: bytes.span) ?? added.tokens.first { $0.text == bytes }?.id
  }
}

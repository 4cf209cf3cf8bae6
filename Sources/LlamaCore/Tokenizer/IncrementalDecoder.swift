/// Decodes token ids incrementally: the concatenated pieces equal the result of
/// ``Tokenizer/decode(_:skippingSpecialTokens:)`` for all ids.
///
/// ```swift
/// var decoder = IncrementalDecoder(tokenizer)
/// for id in ids { print(decoder.append(id), terminator: "") }
/// print(decoder.finish())
/// ```
///
/// Text that a later token could still change is held back: bytes of an unfinished UTF-8 sequence, and with
/// SentencePiece's byte fallback the whole run of byte tokens, which becomes U+FFFD throughout if its end is not valid.
/// So no piece contains part of a scalar. A decoder with an unusual order of steps, which no published model has,
/// returns its text at the end. Time is linear in the bytes of the tokens.
public struct IncrementalDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  private var stages: [DecoderStage]

  /// - Parameters:
  ///   - tokenizer: the tokenizer of the ids.
  ///   - skippingSpecialTokens: true to omit special tokens.
  public init(_ tokenizer: Tokenizer, skippingSpecialTokens: Bool = true) {
    self.tokenizer = tokenizer
    skipsSpecialTokens = skippingSpecialTokens
    stages = DecoderStage.stages(for: tokenizer.decoder)
  }

  /// Appends a token; returns the text that becomes final, often none.
  public mutating func append(_ id: TokenID) -> String {
    guard let token = tokenizer.spelling(of: id, skippingSpecialTokens: skipsSpecialTokens) else { return "" }
    var pieces = [token]
    for index in stages.indices { pieces = stages[index].push(pieces) }
    return String(decoding: Array(pieces.joined()), as: UTF8.self)
  }

  /// Returns the rest of the text at the end, and resets the decoder.
  public mutating func finish() -> String {
    var pieces: [[UInt8]] = []
    for index in stages.indices { pieces = stages[index].push(pieces) + stages[index].finish() }
    stages = DecoderStage.stages(for: tokenizer.decoder)
    return String(decoding: Array(pieces.joined()), as: UTF8.self)
  }
}

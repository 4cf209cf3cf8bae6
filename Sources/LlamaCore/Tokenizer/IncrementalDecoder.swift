/// Turns token ids into text as they come: the pieces joined are exactly what ``Tokenizer/decode(_:skippingSpecialTokens:)``
/// makes of all ids.
///
/// ```swift
/// var decoder = IncrementalDecoder(tokenizer)
/// for id in ids { print(decoder.append(id), terminator: "") }
/// print(decoder.finish())
/// ```
///
/// What a later token could still change is held back: bytes of an unfinished UTF-8 sequence, and with SentencePiece's byte
/// fallback the whole run of byte tokens, which becomes U+FFFD throughout where its end is not valid. So no piece holds part of a
/// scalar. A decoder of steps in an unusual order, none of a published model, gives its text at the end. Time is linear in the
/// bytes of the tokens.
public struct IncrementalDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  private var stages: [DecoderStage]

  /// - Parameters:
  ///   - tokenizer: whose ids are decoded.
  ///   - skippingSpecialTokens: whether to leave special tokens out.
  public init(_ tokenizer: Tokenizer, skippingSpecialTokens: Bool = true) {
    self.tokenizer = tokenizer
    skipsSpecialTokens = skippingSpecialTokens
    stages = DecoderStage.stages(for: tokenizer.decoder)
  }

  /// Takes in the next token; returns the text that is settled by it, often none.
  public mutating func append(_ id: TokenID) -> String {
    guard let token = tokenizer.spelling(of: id, skippingSpecialTokens: skipsSpecialTokens) else { return "" }
    var pieces = [token]
    for index in stages.indices { pieces = stages[index].push(pieces) }
    return String(decoding: Array(pieces.joined()), as: UTF8.self)
  }

  /// The rest of the text, when no token is to come. The decoder is then as new.
  public mutating func finish() -> String {
    var pieces: [[UInt8]] = []
    for index in stages.indices { pieces = stages[index].push(pieces) + stages[index].finish() }
    stages = DecoderStage.stages(for: tokenizer.decoder)
    return String(decoding: Array(pieces.joined()), as: UTF8.self)
  }
}

/// A generated text with the reason why it ends.
public struct Generation: Sendable, Equatable {
  /// The reason why a text ends.
  public enum StopReason: String, Sendable {
    /// A token that ends a text was generated; it is not part of the text.
    case endToken = "end_token"
    /// A stop string was generated; it is not part of the text.
    case stopString = "stop_string"
    /// The requested number of tokens was reached.
    case maximumTokens = "max_new_tokens"
    /// The tokens, including the prompt, fill the model's positions.
    case contextFull = "context_full"
  }

  /// The text after the prompt.
  public let text: String
  /// The generated ids, including the one that ended the text, if any.
  public let tokens: [TokenID]
  /// Number of tokens of the prompt.
  public let promptTokens: Int
  public let reason: StopReason
  /// Timing of the call, over all its texts.
  public let timing: GenerationTiming
}

/// Timing of generation, over all texts of a call.
public struct GenerationTiming: Sendable, Equatable {
  /// Number of prompt tokens.
  public internal(set) var prefillTokens = 0
  /// Seconds from the call to the first token of each text.
  public internal(set) var prefillSeconds = 0.0
  /// Number of tokens after the first of each text, which decoding steps produced.
  public internal(set) var decodeTokens = 0
  /// Seconds of the decoding steps, including sampling and detokenization.
  public internal(set) var decodeSeconds = 0.0
}

/// A generated text, and why it ends.
public struct Generation: Sendable, Equatable {
  /// Why a text ends.
  public enum StopReason: String, Sendable {
    /// The model said so: a token that ends a text came, which is not shown.
    case endToken = "end_token"
    /// A stop string came, which is not shown.
    case stopString = "stop_string"
    /// As many tokens as were asked for.
    case maximumTokens = "max_new_tokens"
    /// As many tokens, prompt included, as the model has positions.
    case contextFull = "context_full"
  }

  /// What follows the prompt.
  public let text: String
  /// The ids that were generated, with the one that ended the text where there is one.
  public let tokens: [TokenID]
  /// Tokens of the prompt.
  public let promptTokens: Int
  public let reason: StopReason
  /// What the call took, all its texts together.
  public let timing: GenerationTiming
}

/// What generation took, all texts of a call together.
public struct GenerationTiming: Sendable, Equatable {
  /// Tokens of the prompts.
  public internal(set) var prefillTokens = 0
  /// Seconds from the call to the first token of each text.
  public internal(set) var prefillSeconds = 0.0
  /// Tokens after the first of each text: those that steps of decoding gave.
  public internal(set) var decodeTokens = 0
  /// Seconds of these steps, choosing and decoding the tokens included.
  public internal(set) var decodeSeconds = 0.0
}

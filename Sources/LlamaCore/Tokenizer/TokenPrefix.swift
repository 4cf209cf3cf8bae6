/// The first tokens of a text.
public struct TokenPrefix: Sendable, Equatable {
  public let tokens: [TokenID]
  /// True if the text has more tokens.
  public let isTruncated: Bool

  public init(tokens: [TokenID], isTruncated: Bool) {
    self.tokens = tokens
    self.isTruncated = isTruncated
  }
}

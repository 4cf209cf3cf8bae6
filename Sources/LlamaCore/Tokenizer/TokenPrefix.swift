/// The first tokens of a text.
public struct TokenPrefix: Sendable, Equatable {
  public let tokens: [TokenID]
  /// True if the text has more tokens.
  public let isCut: Bool

  public init(tokens: [TokenID], isCut: Bool) {
    self.tokens = tokens
    self.isCut = isCut
  }
}

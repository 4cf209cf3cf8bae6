/// The first tokens of a text.
public struct TokenPrefix: Sendable, Equatable {
  public let tokens: [TokenID]
  /// Whether the text has more.
  public let isCut: Bool

  public init(tokens: [TokenID], isCut: Bool) {
    self.tokens = tokens
    self.isCut = isCut
  }
}

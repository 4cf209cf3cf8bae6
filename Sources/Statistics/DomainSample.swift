/// One metric of a domain's texts in one scope: the input of the statistics.
public struct DomainSample: Sendable {
  public let name: String
  /// `[text][block]`, all values finite; texts with a non-finite value or without rows in the scope are excluded.
  public let values: [[Double]]
  /// Number of tokens of these texts.
  public let tokens: Int

  public init(name: String, values: [[Double]], tokens: Int = 0) {
    self.name = name
    self.values = values
    self.tokens = tokens
  }
}

/// One metric of a domain's texts in one scope: the input of the statistics.
public struct DomainSample: Sendable {
  public let name: String
  /// `[text][block]`, all values finite; texts with a non-finite value or without rows in the scope are excluded.
  public let values: [[Double]]
  /// Number of tokens of these texts.
  public let tokens: Int
  /// Number of tokens of each text, in the order of the values; empty if lengths are not known, and then not checked.
  public let lengths: [Int]

  /// Creates a sample of texts whose lengths are not known.
  ///
  /// - Parameters:
  ///   - name: name of the domain.
  ///   - values: `[text][block]`.
  ///   - tokens: number of tokens of these texts.
  public init(name: String, values: [[Double]], tokens: Int = 0) {
    self.name = name
    self.values = values
    self.tokens = tokens
    lengths = []
  }

  /// Creates a sample of texts with their lengths.
  ///
  /// - Parameters:
  ///   - name: name of the domain.
  ///   - values: `[text][block]`.
  ///   - lengths: number of tokens of each text.
  public init(name: String, values: [[Double]], lengths: [Int]) {
    self.name = name
    self.values = values
    self.lengths = lengths
    tokens = lengths.reduce(0, +)
  }
}

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

/// Two domains to be compared, as indices of samples.
public struct DomainPair: Hashable, Sendable {
  public let a: Int
  public let b: Int

  public init(_ a: Int, _ b: Int) {
    self.a = a
    self.b = b
  }

  /// Returns all pairs of a number of domains, A before B.
  public static func all(of count: Int) -> [DomainPair] {
    (0..<max(0, count)).flatMap { a in (a + 1..<max(a + 1, count)).map { DomainPair(a, $0) } }
  }
}

/// One metric of all domains in one scope.
public struct MetricSamples: Sendable {
  public let metric: Metric
  public let scope: Scope?
  public let domains: [DomainSample]
  /// The pairs to compare: one family for the q-values.
  public let pairs: [DomainPair]
  /// True if the texts of a pair are the same ones in the same order, measured twice.
  public let isPaired: Bool

  /// - Parameters:
  ///   - metric: metric of the samples' values.
  ///   - scope: scope of the values; nil for a metric of the text, with one value per text.
  ///   - domains: the samples.
  ///   - pairs: indices in `domains`; nil for all pairs.
  ///   - isPaired: true if the texts of a pair are the same ones in the same order, measured twice.
  public init(
    metric: Metric, scope: Scope?, domains: [DomainSample], pairs: [DomainPair]? = nil, isPaired: Bool = false
  ) {
    self.isPaired = isPaired
    self.metric = metric
    self.scope = scope
    self.domains = domains
    self.pairs = pairs ?? DomainPair.all(of: domains.count)
  }
}

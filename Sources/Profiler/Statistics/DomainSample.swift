/// One metric of a domain's texts in one scope: what the statistics compare.
public struct DomainSample: Sendable {
  public let name: String
  /// `[text][block]`, every value finite; texts with a value that is not finite or without rows in the scope are left
  /// out.
  public let values: [[Double]]
  /// Tokens of these texts.
  public let tokens: Int

  public init(name: String, values: [[Double]], tokens: Int = 0) {
    self.name = name
    self.values = values
    self.tokens = tokens
  }
}

/// Two domains to be compared, by their places among the samples.
public struct DomainPair: Hashable, Sendable {
  public let a: Int
  public let b: Int

  public init(_ a: Int, _ b: Int) {
    self.a = a
    self.b = b
  }

  /// Each of so many domains with each, A before B.
  public static func all(of count: Int) -> [DomainPair] {
    (0..<max(0, count)).flatMap { a in (a + 1..<max(a + 1, count)).map { DomainPair(a, $0) } }
  }
}

/// One metric of all domains in one scope.
public struct MetricSamples: Sendable {
  public let metric: Metric
  public let scope: Scope?
  public let domains: [DomainSample]
  /// What is compared with what: one family for the q-values.
  public let pairs: [DomainPair]
  /// Whether the texts of a pair are the same ones in the same order, measured twice.
  public let isPaired: Bool

  /// - Parameters:
  ///   - metric: what the samples' values are.
  ///   - scope: which tokens they are over; nil for a metric of the text, of which a text has one value.
  ///   - domains: the samples.
  ///   - pairs: places in `domains`; each domain with each where it is nil.
  ///   - isPaired: whether the texts of a pair are the same ones in the same order, measured twice.
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

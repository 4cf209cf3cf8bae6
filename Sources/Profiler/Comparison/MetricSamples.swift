public import Statistics

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

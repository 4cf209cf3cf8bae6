/// One metric of a domain's texts in one scope: what the statistics compare.
public struct DomainSample: Sendable {
  public let name: String
  /// `[text][block]`, every value finite; texts with a value that is not finite or without rows in the scope are left
  /// out.
  public let values: [[Double]]

  public init(name: String, values: [[Double]]) {
    self.name = name
    self.values = values
  }
}

/// One metric of all domains in one scope.
public struct MetricSamples: Sendable {
  public let metric: Metric
  public let scope: Scope
  /// The domains in the order in which pairs are made of them.
  public let domains: [DomainSample]

  public init(metric: Metric, scope: Scope, domains: [DomainSample]) {
    self.metric = metric
    self.scope = scope
    self.domains = domains
  }
}

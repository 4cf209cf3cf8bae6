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
  /// Pairs of domains with the same groups of texts, such as tasks that both solve: they are compared group by group.
  public let matched: [DomainPair]

  /// - Parameters:
  ///   - metric: metric of the samples' values.
  ///   - scope: scope of the values; nil for a metric of the text, with one value per text.
  ///   - domains: the samples.
  ///   - pairs: indices in `domains`; nil for all pairs.
  ///   - isPaired: true if the texts of a pair are the same ones in the same order, measured twice.
  ///   - matched: pairs of domains that are compared by the groups that both have, group by group; nil for those with the
  ///     same groups. None if `isPaired` is true.
  public init(
    metric: Metric, scope: Scope?, domains: [DomainSample], pairs: [DomainPair]? = nil, isPaired: Bool = false,
    matched: [DomainPair]? = nil
  ) {
    self.isPaired = isPaired
    self.metric = metric
    self.scope = scope
    self.domains = domains
    let pairs = pairs ?? DomainPair.all(of: domains.count)
    self.pairs = pairs
    self.matched = isPaired ? [] : matched ?? Self.matched(pairs, domains.map { Set($0.units.groups) })
  }

  /// Returns the pairs of domains with the same groups.
  ///
  /// - Parameter groups: groups by domain; none for a domain whose texts have no groups.
  package static func matched(_ pairs: [DomainPair], _ groups: [Set<Int>]) -> [DomainPair] {
    pairs.filter { pair in
      guard pair.a != pair.b, groups.indices.contains(pair.a), groups.indices.contains(pair.b) else { return false }
      return !groups[pair.a].isEmpty && groups[pair.a] == groups[pair.b]
    }
  }
}

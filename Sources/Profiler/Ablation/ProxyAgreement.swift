/// How well one metric in one scope names the damage of removing a block in all domains together.
public struct ProxyAgreement: Sendable {
  public let scope: Scope
  public let metric: Metric
  /// Mean over domains of Spearman's rho, see ``ProxyRanking/Row/spearman``.
  public let spearman: Double
  /// Rows of the metric, by domain.
  public let domains: [(domain: String, row: ProxyRanking.Row)]

  /// True if the interval of rho lies above 0 in every domain.
  public var isSure: Bool { domains.allSatisfy { ($0.row.interval?.lowerBound ?? 0) > 0 } }

  /// Returns the metrics in descending order of their mean; the earlier first among equals.
  ///
  /// - Parameter rankings: the domains, of the same metrics. A domain in which no metric has a text does not count.
  /// - Returns: Those with a rho in every domain.
  public static func all(_ rankings: [ProxyRanking]) -> [ProxyAgreement] {
    let counted = rankings.filter { $0.rows.contains { $0.texts > 0 } }
    let found = (counted.first?.rows ?? []).compactMap { first -> ProxyAgreement? in
      let domains = counted.compactMap { ranking in
        ranking.rows.first { $0.metric == first.metric && $0.scope == first.scope }.map { (ranking.domain, $0) }
      }
      guard domains.count == counted.count, domains.allSatisfy({ $0.1.spearman.isFinite }) else { return nil }
      let mean = domains.reduce(0) { $0 + $1.1.spearman } / Double(domains.count)
      return ProxyAgreement(scope: first.scope, metric: first.metric, spearman: mean, domains: domains)
    }
    return found.enumerated().sorted { ($1.element.spearman, $0.offset) < ($0.element.spearman, $1.offset) }
      .map(\.element)
  }
}

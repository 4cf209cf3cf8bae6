import LlamaCore

/// A block that a metric would name among the first to go, although its removal is among those that cost most.
///
/// That is a block whose removal is harmful in the domain, with a cost among the upper quarter of the blocks (of `L`, the
/// `max(1, ⌊L/4⌋)` that cost most) and a value of the metric among the lower half, equal values counting as larger ones.
public struct MisnamedBlock: Sendable, Equatable {
  public let domain: String
  /// 0-based place of the block.
  public let layer: Int
  public let metric: Metric
  /// Scope in which the metric ranks the block lowest.
  public let scope: Scope
  /// Rank by the metric, 1 for the smallest value.
  public let rank: Int
  /// Rank by `delta_nll`, 1 for the most harm.
  public let harm: Int
  /// Number of blocks.
  public let blocks: Int
  /// Mean over the domain's texts, in nats a token, and its 95 % interval.
  public let deltaNLL: Double
  public let interval: ClosedRange<Double>

  /// Returns these blocks of a domain, the most harmful first.
  ///
  /// - Parameters:
  ///   - summary: the costs in the domain.
  ///   - ranking: the metrics of the same domain and blocks.
  ///   - metric: a metric whose small values mark small changes.
  /// - Returns: Empty unless every block has a cost and the metric a value.
  public static func all(
    _ summary: AblationSummary, _ ranking: ProxyRanking, metric: Metric = .blockInfluence
  ) -> [MisnamedBlock] {
    let units = summary.units.filter { $0.unit.part == .block }
    let count = units.count
    let rows = ranking.rows.filter { $0.metric == metric && $0.means.count == count }
    return units.enumerated().compactMap { place, unit -> MisnamedBlock? in
      guard unit.verdict == .harmful, let rank = unit.rank, let delta = unit.deltaNLL, let interval = unit.interval
      else { return nil }
      let harm = units.count { $0.rank != nil } - rank + 1
      let ranks = rows.map { row in (scope: row.scope, rank: row.means.count { $0 <= row.means[place] }) }
      guard harm <= max(1, count / 4), let least = ranks.min(by: { $0.rank < $1.rank }), least.rank <= count / 2
      else { return nil }
      return MisnamedBlock(
        domain: summary.domain, layer: unit.unit.layer, metric: metric, scope: least.scope, rank: least.rank,
        harm: harm,
        blocks: count, deltaNLL: delta, interval: interval)
    }.sorted { ($0.harm, $0.layer) < ($1.harm, $1.layer) }
  }
}

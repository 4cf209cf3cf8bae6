import Foundations
import ProfileStore
public import Profiler
public import Statistics

/// Blocks to remove: those whose removal costs least, in a run that measured it, otherwise those that change the residual
/// stream least.
///
/// A metric is a hint. Two streams that point the same way need not mean the same to later blocks; only running the model
/// without a block shows how dispensable it is.
public struct PruneSuggestion: Sendable {
  /// What the blocks are ranked by.
  public enum Basis: Sendable, Equatable {
    /// The measured `delta_nll` of removing each block by itself.
    case damage
    /// A metric of the profile in a scope.
    case metric(Metric, Scope)

    /// Name in files.
    var name: String {
      switch self {
      case .damage: Self.damageName
      case .metric(let metric, _): metric.rawValue
      }
    }

    /// The tokens that count; of a removal all do.
    var scope: Scope {
      switch self {
      case .damage: .all
      case .metric(_, let scope): scope
      }
    }

    static let damageName = "delta_nll"
  }

  /// Metrics that are near 0 for a block that changes little of its input. `abs_mean` is excluded: it ignores the norm
  /// of the stream, so it selects the first blocks, where the stream is short, and a model breaks without those.
  public static let metrics = Metric.allCases.filter(\.definition.ranksBlocks)
  public let basis: Basis
  /// True if the units of the ranking are groups of texts.
  let isGrouped: Bool
  /// Domains whose texts count, in the order of the run.
  public let domains: [String]
  public let ranking: BlockRanking
  /// Number of texts of these domains that are excluded as copies of others.
  public let copies: Int
  /// 0-based indices of the blocks to remove, ascending.
  public let removed: [Int]
  /// Number of the model's blocks.
  public let layerCount: Int
  /// Block at which most sinks have their first massive activation; nil without sinks.
  let sinkLayer: Int?
  public let seed: UInt64
  /// Model directory, as it was given to the run.
  public let model: String
  let settings: RunSettings
  /// True if the run measured what removing each block costs.
  let isMeasured: Bool
  /// Ranking of the same blocks by that; nil if it was not measured, or no text of these domains counts.
  let damage: BlockRanking?
  /// Removals of units one after the other, as far as the run measured them.
  let curves: RemovalCurveSet?

  /// - Parameters:
  ///   - blocks: number of blocks to remove; at least one of the measured blocks stays.
  ///   - metric: one of ``metrics``; by default none if the run measured what removing each block costs, otherwise
  ///     `block_influence`.
  ///   - scope: the tokens that count for the metric, which is then not left out: by default all, because a model without
  ///     the blocks also loses their effect on sinks.
  ///   - domains: names; empty for all.
  ///   - seed: seed of the draws for the stability.
  /// - Throws: ``PruneError``; `FileError` if the rows of the run cannot be read back; `StoreError` if the costs of
  ///   removals cannot.
  public init(
    _ record: LoadedRun, blocks: Int, metric: Metric? = nil, scope: Scope? = nil, domains: [String] = [],
    seed: UInt64 = 0
  ) throws {
    let costs = try record.removalCosts()?.blockSamples()
    let basis: Basis =
      costs != nil && metric == nil && scope == nil ? .damage : .metric(metric ?? .blockInfluence, scope ?? .all)
    if case .metric(let metric, _) = basis { try Self.check(metric, in: record) }
    guard (1..<max(1, record.layers.count)).contains(blocks) else {
      throw PruneError.blocks(found: blocks, measured: record.layers.count)
    }
    if let missing = MissingScope(basis.scope, in: record) { throw PruneError.scope(missing) }
    let known = record.domains.map(\.name)
    for name in domains where !known.containsBytes(of: name) {
      throw PruneError.unknownDomain(name: name, known: known)
    }
    let wanted = Set(domains.map { ByteString($0) })
    func chosen(_ samples: [DomainSample]) -> [DomainSample] {
      samples.filter { (wanted.isEmpty || wanted.contains(ByteString($0.name))) && !$0.values.isEmpty }
    }
    isMeasured = costs != nil
    curves = costs == nil ? nil : try Self.curves(record)
    damage = costs.flatMap { BlockRanking(chosen($0), layers: record.layers, seed: seed) }
    let samples: [DomainSample]
    switch basis {
    case .damage: samples = chosen(costs ?? [])
    case .metric(let metric, let scope): samples = chosen(try record.samples(metric, scope))
    }
    guard let ranking = basis == .damage ? damage : BlockRanking(samples, layers: record.layers, seed: seed) else {
      throw PruneError.noTexts(metric: basis.name, scope: basis.scope.rawValue)
    }
    self.basis = basis
    isGrouped = samples.contains { $0.units.count < $0.values.count }
    self.domains = samples.map(\.name)
    copies = record.domains.filter { domain in samples.contains { $0.name.hasSameBytes(as: domain.name) } }.reduce(0) {
      $0 + $1.copies
    }
    self.ranking = ranking
    removed = ranking.places.prefix(blocks).map(\.layer).sorted()
    layerCount = record.layers.upperBound
    sinkLayer = SinkSummary.mostFrequent(record.profile.sinks.firstLayers)?.key
    self.seed = seed
    model = record.settings.model
    settings = record.settings
  }

  /// Returns the curves of a run; nil if its steps are not all measured yet.
  private static func curves(_ record: LoadedRun) throws -> RemovalCurveSet? {
    do { return try RemovalCurveSet(record.removalCurves()) } catch StoreError.unfinishedSteps { return nil }
  }

  private static func check(_ metric: Metric, in record: LoadedRun) throws(PruneError) {
    guard metrics.contains(metric), record.metrics.contains(metric) else {
      throw .metric(found: metric.rawValue, known: metrics.map(\.rawValue))
    }
  }

  /// Phrase that describes the values.
  var subject: String {
    let units = isGrouped ? "groups of texts" : "texts"
    let domains =
      domains.count == 1
      ? "mean over the \(units) of \(domains.first?.onOneLine ?? "")"
      : "mean over \(domains.count) domains of their means over \(units)"
    switch basis {
    case .damage: return "\(basis.name) of each block's removal in nats a token: \(domains)"
    case .metric(let metric, let scope): return "\(metric.rawValue), \(scope.phrase): \(domains)"
    }
  }
}

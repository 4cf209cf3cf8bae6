import Foundations
import LlamaCore
import Statistics

/// How well the metrics of a profile name the damage of removing a block: a metric's domain means against the domain's
/// mean `delta_nll`, over the blocks.
///
/// Means are over the texts that have both, so that the texts are the same ones, or over their groups where texts have
/// groups; the interval draws a text's (or group's) metric and its `delta_nll` together.
public struct ProxyRanking: Sendable {
  /// One metric of a domain's texts in one scope.
  public struct Input: Sendable {
    public let scope: Scope
    public let metric: Metric
    /// `[text][block]`, in the order of the ablation's texts; nil for a text without rows in the scope.
    public let values: [[Double]?]

    public init(scope: Scope, metric: Metric, values: [[Double]?]) {
      (self.scope, self.metric, self.values) = (scope, metric, values)
    }
  }

  /// Agreement of one metric in one scope with the truth.
  public struct Row: Sendable {
    public let scope: Scope
    public let metric: Metric
    /// Number of texts that count.
    public let texts: Int
    /// Number of texts left out because a value is not finite.
    public let nonFiniteTexts: Int
    /// Spearman's rho over the blocks, ties sharing ranks; NaN without texts, for a single block, and if all blocks have
    /// the same value.
    public let spearman: Double
    /// The 95 % percentile interval of ``spearman``, by bootstrap over texts; nil for fewer than two texts, or if a
    /// resample has no rho.
    public let interval: ClosedRange<Double>?
    /// Kendall's tau-b over the blocks, NaN as ``spearman`` is.
    public let kendall: Double
    /// Share of the k least harmful blocks that are among the k with the smallest value, `k = max(1, ⌊L/4⌋)` of `L`
    /// blocks; nil for a signed cosine, whose smallest values are no small changes, and without texts.
    public let recall: Double?
    /// Means over these texts of the metric and of `delta_nll`, by block; empty without texts.
    package let means, damage: [Double]
  }

  public let domain: String
  /// Rows in the order of the inputs.
  public let rows: [Row]

  /// - Parameters:
  ///   - domain: name of the domain.
  ///   - deltaNLL: `[text][block]` of the removal of each block, see ``AblationDomain/deltaNLL(of:)``; nil for a text of
  ///     one token.
  ///   - inputs: metrics of blocks, of the same texts and blocks.
  ///   - groups: the number of each text's group; empty if every text is a group of its own.
  ///   - settings: resamples and seed of the intervals.
  /// - Precondition: every input has as many texts, and every text as many blocks, as `deltaNLL`.
  public init(
    domain: String, deltaNLL: [[Double]?], _ inputs: [Input], groups: [Int] = [],
    settings: AblationSettings = AblationSettings()
  ) {
    self.domain = domain
    let samples = inputs.map { Sample($0, deltaNLL, groups) }
    let draws = Dictionary(samples.map { ($0.places, $0) }) { first, _ in first }.mapValues { sample in
      let bootstrap = MeanBootstrap(
        texts: sample.truth.count, resamples: settings.resamples, seed: settings.seed)
      return (bootstrap: bootstrap, ranks: bootstrap.ranks(sample.truth))
    }
    rows = Workers(settings.threads).map(inputs.count) { index in
      let sample = samples[index]
      let interval = draws[sample.places].flatMap { $0.bootstrap.spearman(sample.metric, ranks: $0.ranks) }
      return Self.row(inputs[index], sample, interval)
    }
  }

  /// The texts that have a metric and the truth.
  private struct Sample {
    /// Places of the texts.
    var places: [Int] = []
    /// `[text][block]`, or `[group][block]`.
    var metric: [[Double]] = []
    var truth: [[Double]] = []
    var nonFiniteTexts = 0

    init(_ input: Input, _ deltaNLL: [[Double]?], _ groups: [Int]) {
      precondition(input.values.count == deltaNLL.count, "a metric of other texts")
      for (place, (values, deltas)) in zip(input.values, deltaNLL).enumerated() {
        guard let values, let deltas else { continue }
        precondition(values.count == deltas.count, "a metric of other blocks")
        if values.allSatisfy(\.isFinite), deltas.allSatisfy(\.isFinite) {
          places.append(place)
          metric.append(values)
          truth.append(deltas)
        } else {
          nonFiniteTexts += 1
        }
      }
      guard groups.count == deltaNLL.count, !groups.isEmpty else { return }
      func means(_ rows: [[Double]]) -> [[Double]] {
        DomainSample(name: "", values: rows, groups: places.map { groups[$0] }).unitValues
      }
      (metric, truth) = (means(metric), means(truth))
    }
  }

  /// Metrics whose small values are no small changes.
  private static let cosines: Set<Metric> = [.cosine, .attentionCosine, .mlpCosine]

  private static func row(_ input: Input, _ sample: Sample, _ interval: ClosedRange<Double>?) -> Row {
    let (x, y) = (means(sample.metric), means(sample.truth))
    return Row(
      scope: input.scope, metric: input.metric, texts: sample.places.count, nonFiniteTexts: sample.nonFiniteTexts,
      spearman: RankCorrelation.spearman(x, y), interval: interval, kendall: RankCorrelation.kendall(x, y),
      recall: cosines.contains(input.metric) || x.isEmpty
        ? nil : LeastRecall.of(x, truth: y, k: max(1, x.count / 4)), means: x, damage: y)
  }

  /// Returns the mean over texts of each block; empty without texts.
  private static func means(_ values: [[Double]]) -> [Double] {
    (values.first ?? []).indices.map { block in
      values.reduce(0) { $0 + $1[block] } / Double(values.count)
    }
  }
}

import Foundation
public import Statistics

/// Number of texts that finding a difference of a given size takes, block by block, from the scatter of texts at hand. Where
/// texts have groups, the number is of groups, and the scatter that of their means.
///
/// The scatter is that of texts within their domain, pooled over domains, or that of pairs' differences. The test is the
/// two-sided t test of two domains of as many texts each, or of as many pairs, with a power of 80 %, without the correction
/// for multiple comparisons, which takes more.
public struct ComparisonPlan: Sendable {
  /// Needs of a block.
  public struct Block: Sendable {
    /// 0-based index of the block; nil for a metric of the text.
    public let layer: Int?
    /// Mean over domains of their means, of logarithms if ``ComparisonSettings/usesLogScale`` is set.
    public let mean: Double
    /// Standard deviation of texts within a domain, or of pairs' differences, in the same unit.
    public let deviation: Double
    /// Number of texts (or groups) per domain, or of pairs, for each of ``ComparisonPlan/sizes``; nil above a million, and if texts do
    /// not scatter.
    public let texts: [Int?]
  }

  public let metric: Metric
  /// Nil for a metric of the text.
  public let scope: Scope?
  /// True if the numbers are of pairs.
  public let isPaired: Bool
  /// True if the numbers are of groups of texts.
  public let isGrouped: Bool
  /// Sizes of differences: in standard deviations between texts, or in percent of the mean.
  public let sizes: [EquivalenceBound]
  /// Needs by block; one for a metric of the text.
  public let blocks: [Block]

  /// - Parameters:
  ///   - samples: texts of which the scatter is taken.
  ///   - layers: the blocks of a sample's values, in their order.
  ///   - sizes: sizes of differences; percentages require a metric that is never negative.
  ///   - settings: alpha and the scale; draws are not made.
  /// - Throws: ``ComparisonError`` as for a comparison.
  public init(
    _ samples: MetricSamples, layers: Range<Int>, sizes: [EquivalenceBound], settings: ComparisonSettings
  ) throws(ComparisonError) {
    try settings.check()
    try samples.check(layers, settings)
    (metric, scope, isPaired, self.sizes) = (samples.metric, samples.scope, samples.isPaired, sizes)
    isGrouped = samples.domains.contains { $0.units.count < $0.values.count }
    let places: [Int?] = samples.metric.isOfText ? [nil] : layers.map { $0 }
    blocks = places.enumerated().map { column, layer in
      let scatter = Scatter(samples, column, usesLogScale: settings.usesLogScale)
      return Block(
        layer: layer, mean: scatter.mean, deviation: scatter.deviation,
        texts: sizes.map { size in
          let difference: Double
          switch size {
          case .deviations(let value): difference = value * scatter.unit
          case .percent(let value):
            difference = settings.usesLogScale ? log1p(value / 100) : value / 100 * abs(scatter.mean)
          }
          return Power.textsForDifference(
            effect: difference / scatter.deviation, alpha: settings.alpha, samples.isPaired ? .paired : .independent)
        })
    }
  }

  /// Scatter of a block's values.
  private struct Scatter {
    let mean: Double
    /// Standard deviation of what a test is about: texts within a domain, or pairs' differences.
    let deviation: Double
    /// Standard deviation between texts of a domain, the unit of g.
    let unit: Double

    init(_ samples: MetricSamples, _ column: Int, usesLogScale: Bool) {
      func value(_ row: [Double]) -> Double { usesLogScale ? log(row[column]) : row[column] }
      let domains = samples.domains.map { domain in domain.units.means { value(domain.values[$0]) } }
      let moments = domains.map { SampleMoments($0) }
      let means = moments.map(\.mean).filter(\.isFinite)
      mean = means.reduce(0, +) / Double(means.count)
      unit = Self.pooled(moments)
      guard samples.isPaired else {
        deviation = unit
        return
      }
      deviation = Self.pooled(
        samples.pairs.map { pair in SampleMoments(zip(domains[pair.a], domains[pair.b]).map { $0 - $1 }) })
    }

    /// Returns the pooled standard deviation; NaN without two values of a sample.
    private static func pooled(_ samples: [SampleMoments]) -> Double {
      let known = samples.filter { $0.count > 1 }
      let df = known.reduce(0) { $0 + $1.count - 1 }
      return (known.reduce(0) { $0 + Double($1.count - 1) * $1.variance } / Double(df)).squareRoot()
    }
  }
}

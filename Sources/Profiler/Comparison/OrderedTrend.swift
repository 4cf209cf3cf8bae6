import Foundation
public import Statistics

/// Change of a metric at one block of a domain's texts along several runs in order, such as checkpoints of one training.
///
/// Each text has its own slope over 0, 1, 2, … (least squares); the trend is their mean over texts, tested against 0 by
/// Student's t (a summary measure, Matthews et al. 1990). Where texts have groups, a group has the mean slope of its texts.
/// Steps are taken as equally long.
public struct OrderedTrend: Sendable {
  public let metric: Metric
  /// Nil for a metric of the text.
  public let scope: Scope?
  /// 0-based index of the block; nil for a metric of the text.
  public let layer: Int?
  public let domain: String
  /// Number of texts.
  public let texts: Int
  /// Number of groups of these texts, the units of the test: the texts themselves unless they have groups.
  public let groups: Int
  /// Number of runs.
  public let runs: Int
  /// Mean change per run, in units of the metric, or of its logarithm if ``ComparisonSettings/usesLogScale`` is set.
  public let slope: Double
  /// Its 95 % interval.
  public let low: Double
  public let high: Double
  public let t: Double
  public let degreesOfFreedom: Double
  /// Two-sided p; NaN for fewer than ``Verdict/leastPairs`` texts (or groups) and without scatter.
  public let p: Double
  /// p after Benjamini and Hochberg, over all domains and blocks of the metric and scope.
  public let q: Double
  /// The slope divided by the mean of the first run, for a metric that is never negative; with logarithms `exp(slope) - 1`.
  /// NaN otherwise.
  public let relative: Double

  /// Returns the trends of all domains and blocks of a metric: one family for the q-values.
  ///
  /// - Parameters:
  ///   - samples: `[run][domain]`, the same domains of the same texts, in the same order, in every run.
  ///   - metric: metric of the values.
  ///   - scope: scope of the values; nil for a metric of the text.
  ///   - layers: the blocks of a sample's values, in their order.
  ///   - usesLogScale: true for slopes of logarithms; every value must be positive.
  /// - Throws: ``ComparisonError`` if the samples do not fit together, or if a value has no logarithm.
  public static func all(
    _ samples: [[DomainSample]], metric: Metric, scope: Scope?, layers: Range<Int>, usesLogScale: Bool = false
  ) throws(ComparisonError) -> [OrderedTrend] {
    var settings = ComparisonSettings()
    settings.usesLogScale = usesLogScale
    guard let first = samples.first else { return [] }
    for run in samples {
      try MetricSamples(metric: metric, scope: scope, domains: run, pairs: []).check(layers, settings)
      for (domain, other) in zip(first, run) where domain.values.count != other.values.count {
        throw .unpaired(metric: metric, scope: scope, expected: domain.values.count, found: other.values.count)
      }
      for (domain, other) in zip(first, run) where domain.units != other.units {
        throw .unpairedGroups(metric: metric, scope: scope, expected: domain.units.count, found: other.units.count)
      }
      guard run.count == first.count else {
        throw .unpaired(metric: metric, scope: scope, expected: first.count, found: run.count)
      }
    }
    let places: [Int?] = metric.isOfText ? [nil] : layers.map { $0 }
    let found = first.indices.flatMap { domain in
      places.indices.map { column in
        let units = first[domain].units
        let steps = samples.map { run in
          units.means { text in
            let value = run[domain].values[text][column]
            return usesLogScale ? log(value) : value
          }
        }
        let series = (0..<units.count).map { unit in steps.map { $0[unit] } }
        return (
          domain: domain, column: column, trend: OrderTrend(series), mean: SampleMoments(series.map { $0[0] }).mean
        )
      }
    }
    let p = found.map { first[$0.domain].units.count < Verdict.leastPairs ? .nan : $0.trend.p }
    let q = BenjaminiHochberg.adjust(p)
    return found.enumerated().map { index, item in
      let trend = item.trend
      return OrderedTrend(
        metric: metric, scope: scope, layer: places[item.column], domain: first[item.domain].name,
        texts: first[item.domain].values.count, groups: first[item.domain].units.count, runs: samples.count,
        slope: trend.slope, low: trend.low, high: trend.high, t: trend.t, degreesOfFreedom: trend.df, p: p[index],
        q: q[index],
        relative: metric.isSigned ? .nan : usesLogScale ? expm1(trend.slope) : trend.slope / item.mean)
    }
  }
}

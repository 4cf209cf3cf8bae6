import Foundations

/// The percentile bootstrap of means over texts (Efron 1979): as many texts are drawn with replacement, and the interval
/// contains the middle 95 % of the results.
///
/// Resample `r` has its own random stream, the one that ``Bootstrap`` uses for pairs of texts: the draws depend on the
/// seed and the number of texts only.
package enum MeanBootstrap {
  /// Returns the interval of the mean; nil for fewer than two values, or if one is not finite.
  ///
  /// - Parameter values: one value per text; of two runs of the same texts, their difference.
  package static func interval(_ values: [Double], resamples: Int, seed: UInt64) -> ClosedRange<Double>? {
    guard values.count > 1, values.allSatisfy(\.isFinite), let mean = RunningStatistics(values).mean else { return nil }
    // The digits of small distances are kept, and equal values have an interval of no width.
    let distances = values.map { $0 - mean }
    let interval = percentiles(resamples, texts: values.count, seed) { texts in
      texts.reduce(0.0) { $0 + distances[$1] } / Double(texts.count)
    }
    return interval.map { mean + $0.lowerBound...mean + $0.upperBound }
  }

  /// Returns the interval of Spearman's rho of the items' means over texts, of which both sides are drawn together; nil
  /// for fewer than two texts, or if a resample has no rho.
  ///
  /// - Parameters:
  ///   - x: `[text][item]`, all finite.
  ///   - y: likewise, of the same texts and items.
  package static func spearman(
    _ x: [[Double]], _ y: [[Double]], resamples: Int, seed: UInt64
  ) -> ClosedRange<Double>? {
    precondition(x.count == y.count, "texts in pairs")
    guard x.count > 1, let items = x.first?.count else { return nil }
    return percentiles(resamples, texts: x.count, seed) { texts in
      var sumX = Array(repeating: 0.0, count: items)
      var sumY = sumX
      for text in texts {
        for item in 0..<items { sumX[item] += x[text][item] }
        for item in 0..<items { sumY[item] += y[text][item] }
      }
      // Sums are in the order of means.
      return RankCorrelation.spearman(sumX, sumY)
    }
  }

  /// Returns the interval of a statistic of the drawn texts; nil without resamples, or if one has no finite value.
  private static func percentiles(
    _ resamples: Int, texts: Int, _ seed: UInt64, _ statistic: (_ texts: [Int]) -> Double
  ) -> ClosedRange<Double>? {
    var drawn = Array(repeating: 0, count: texts)
    let results = (0..<max(0, resamples)).map { resample in
      var generator = SplitMix64(seed: seed, purpose: .bootstrap, index: resample)
      for place in drawn.indices { drawn[place] = Int(generator.next(below: UInt64(texts))) }
      return statistic(drawn)
    }
    guard !results.isEmpty, results.allSatisfy(\.isFinite) else { return nil }
    let sorted = results.sorted()
    let low = Quantile.of(sorted, 0.5 * (1 - Bootstrap.level))
    return low...max(low, Quantile.of(sorted, 0.5 * (1 + Bootstrap.level)))
  }
}

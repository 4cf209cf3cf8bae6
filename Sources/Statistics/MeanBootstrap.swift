import Foundations

/// The percentile bootstrap of means over texts (Efron 1979): as many texts are drawn with replacement, and the interval
/// contains the middle 95 % of the results.
///
/// Resample `r` has its own random stream, the one that ``Bootstrap`` uses for pairs of texts: the draws depend on the
/// seed and the number of texts only, and are the same for every column.
package struct MeanBootstrap {
  private let texts: Int
  private let resamples: Int
  private let seed: UInt64

  package init(texts: Int, resamples: Int, seed: UInt64) {
    (self.texts, self.resamples, self.seed) = (texts, max(0, resamples), seed)
  }

  /// Returns the interval of the mean of each column; nil for fewer than two texts, and for a column with a value that is
  /// not finite.
  ///
  /// - Parameter rows: `[text][column]`; of two runs of the same texts, their differences.
  package func intervals(_ rows: [[Double]]) -> [ClosedRange<Double>?] {
    let centers = (rows.first ?? []).indices.map { column in RunningStatistics(rows.lazy.map { $0[column] }).mean ?? 0 }
    guard texts > 1 else { return centers.map { _ in nil } }
    // The digits of small distances are kept, and equal values have an interval of no width.
    let means = means(rows.map { row in zip(row, centers).map { $0 - $1 } })
    return centers.indices.map { column in
      Self.percentiles(means.map { $0[column] }).map {
        centers[column] + $0.lowerBound...centers[column] + $0.upperBound
      }
    }
  }

  /// Returns the ranks of the columns' means in each resample, `[resample][column]`.
  ///
  /// - Parameter rows: `[text][column]`.
  package func ranks(_ rows: [[Double]]) -> [[Double]] { means(rows).map(RankCorrelation.ranks) }

  /// Returns the interval of Spearman's rho between the columns' means of two tables, whose texts are drawn together; nil
  /// for fewer than two texts, or if a resample has no rho.
  ///
  /// - Parameters:
  ///   - rows: `[text][column]` of one table.
  ///   - ranks: the ranks of the other one.
  package func spearman(_ rows: [[Double]], ranks: [[Double]]) -> ClosedRange<Double>? {
    guard texts > 1 else { return nil }
    return Self.percentiles(zip(self.ranks(rows), ranks).map { RankCorrelation.pearson(ofRanks: $0, $1) })
  }

  /// Returns the means over the drawn texts, `[resample][column]`.
  private func means(_ rows: [[Double]]) -> [[Double]] {
    precondition(rows.count == texts, "rows of other texts")
    let columns = rows.first?.count ?? 0
    let values = Array(rows.joined())
    var times = Array(repeating: 0.0, count: texts)
    return (0..<resamples).map { resample in
      var generator = SplitMix64(seed: seed, purpose: .bootstrap, index: resample)
      for text in 0..<texts { times[text] = 0 }
      for _ in 0..<texts { times[Int(generator.next(below: UInt64(texts)))] += 1 }
      var sums = Array(repeating: 0.0, count: columns)
      // Each row once and in order, without bounds checks per number: a thousand texts take microseconds.
      values.withUnsafeBufferPointer { values in
        sums.withUnsafeMutableBufferPointer { sums in
          for text in 0..<texts where times[text] > 0 {
            let (start, times) = (text * columns, times[text])
            for column in 0..<columns { sums[column] += times * values[start + column] }
          }
        }
      }
      return sums.map { $0 / Double(texts) }
    }
  }

  /// Returns the middle 95 %; nil without values, or if one is not finite.
  private static func percentiles(_ values: [Double]) -> ClosedRange<Double>? {
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
    let sorted = values.sorted()
    let low = Quantile.of(sorted, 0.5 * (1 - Bootstrap.level))
    return low...max(low, Quantile.of(sorted, 0.5 * (1 + Bootstrap.level)))
  }
}

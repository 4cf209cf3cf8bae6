import Foundation

/// Change of a value along an order of measurements of the same texts: the mean over texts of each text's own
/// least-squares slope, a summary measure (Matthews, Altman, Campbell & Royston 1990), tested against 0 by Student's t.
package struct OrderTrend {
  /// Mean change per step.
  package let slope: Double
  /// Its 95 % interval.
  package let low: Double
  package let high: Double
  package let t: Double
  package let df: Double
  /// Two-sided p; NaN without scatter.
  package let p: Double

  /// - Parameter series: `[text][step]`, in the order of the steps; at least two of each for a number that is not NaN.
  package init(_ series: [[Double]]) {
    let test = TTest(paired: SampleMoments(series.map(Self.slope)))
    let half = StudentT(df: test.df).upperQuantile(0.5 * (1 - Bootstrap.level)) * test.standardError
    (slope, low, high) = (test.difference, test.difference - half, test.difference + half)
    (t, df, p) = (test.t, test.df, test.t.isInfinite ? .nan : test.p)
  }

  /// Returns the least-squares slope over 0, 1, 2, …
  private static func slope(_ values: [Double]) -> Double {
    let middle = 0.5 * Double(values.count - 1)
    let (sum, scatter) = values.enumerated().reduce((0.0, 0.0)) { sums, item in
      let place = Double(item.offset) - middle
      return (sums.0 + place * item.element, sums.1 + place * place)
    }
    return sum / scatter
  }
}

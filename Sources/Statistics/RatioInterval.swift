import Foundation

/// The ratio of the mean of A to that of B, with its 95 % interval.
///
/// The interval is Fieller's (1954): the ratios ρ that a t test of `m_A - ρ m_B` does not reject. It has no upper end
/// if 0 is a possible mean of B. Ratios below 0 are excluded, because it is used for non-negative values.
package struct RatioInterval {
  package let ratio: Double
  package let low: Double
  /// Upper end; infinite if there is no bound.
  package let high: Double

  private init(ratio: Double, low: Double, high: Double) {
    (self.ratio, self.low, self.high) = (ratio, low, high)
  }

  package static let undefined = RatioInterval(ratio: .nan, low: .nan, high: .nan)

  /// Creates the interval of two independent samples. The degrees of freedom are Satterthwaite's of `m_A - ρ m_B` at
  /// the observed ratio.
  package init(_ a: SampleMoments, _ b: SampleMoments) {
    let ratio = a.mean / b.mean
    let (errorA, errorB) = (a.squaredError, ratio * ratio * b.squaredError)
    let (shareA, shareB) = (errorA / (errorA + errorB), errorB / (errorA + errorB))
    self.init(
      a, b, covariance: 0, df: 1 / (shareA * shareA / a.df + shareB * shareB / b.df))
  }

  /// Creates the interval of pairs.
  ///
  /// - Parameter differences: moments of the pairs' differences, which determine the covariance.
  package init(paired a: SampleMoments, _ b: SampleMoments, differences: SampleMoments) {
    let covariance = 0.5 * (a.squaredError + b.squaredError - differences.squaredError)
    self.init(a, b, covariance: covariance, df: a.df)
  }

  /// Creates the interval of geometric means, from a test of logarithms.
  package init(ofLogarithms test: TTest) {
    let half = StudentT(df: test.df).upperQuantile(0.5 * (1 - Bootstrap.level)) * test.standardError
    self.init(ratio: exp(test.difference), low: exp(test.difference - half), high: exp(test.difference + half))
  }

  /// Computes the interval from the roots of `ρ² (m_B² - t² v_B) - 2ρ (m_A m_B - t² c) + m_A² - t² v_A`, `v` and `c`
  /// being squared standard errors of the means and their covariance.
  private init(_ a: SampleMoments, _ b: SampleMoments, covariance: Double, df: Double) {
    let t = StudentT(df: df).upperQuantile(0.5 * (1 - Bootstrap.level))
    let square = b.mean * b.mean - t * t * b.squaredError
    let middle = a.mean * b.mean - t * t * covariance
    let rest = a.mean * a.mean - t * t * a.squaredError
    let discriminant = middle * middle - square * rest
    ratio = a.mean / b.mean
    guard square.isFinite, discriminant.isFinite else {
      (low, high) = (.nan, .nan)
      return
    }
    if square > 0 {
      let root = max(0, discriminant).squareRoot()
      (low, high) = (max(0, (middle - root) / square), (middle + root) / square)
    } else {
      // The accepted ratios are then those outside of two roots, one of either sign if 0 is rejected.
      low = rest > 0 && square < 0 ? (middle - discriminant.squareRoot()) / square : 0
      high = .infinity
    }
  }
}

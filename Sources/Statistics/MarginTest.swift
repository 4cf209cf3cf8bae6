/// Comparison of a mean over texts with a margin.
package enum MarginTest {
  /// Returns the one-sided p of the hypothesis that the mean is at least the margin: Student's `P(T ≤ t)` with
  /// `t = (mean - margin) √n / s` and `n - 1` degrees of freedom, small if the mean is convincingly below. NaN for fewer
  /// than two values. Equal values are taken at their word: 0 or 1.
  package static func pBelow(_ margin: Double, _ sample: SampleMoments) -> Double {
    guard sample.count > 1 else { return .nan }
    let error = sample.squaredError.squareRoot()
    if error == 0 { return sample.mean < margin ? 0 : 1 }
    return StudentT(df: sample.df).cdf((sample.mean - margin) / error)
  }

  /// Returns the number of texts that would decide whether the mean is above or below the margin, if mean and standard
  /// deviation stayed as they are: the smallest `n`, larger than the present one, for which the normal interval
  /// `mean ± z s / √n` excludes the margin, `n > (z s / (mean - margin))²` with `z` = 1.96 for 95 %.
  ///
  /// Nil if the mean equals the margin, for fewer than two values, and above ``Power/largest``.
  package static func textsNeeded(_ margin: Double, _ sample: SampleMoments) -> Int? {
    guard sample.count > 1, sample.variance.isFinite, sample.mean != margin else { return nil }
    let z = Normal.upperQuantile(0.5 * (1 - Bootstrap.level))
    let ratio = z * sample.variance.squareRoot() / (sample.mean - margin)
    guard ratio * ratio < Double(Power.largest) else { return nil }
    // More than now: the bootstrap interval may be a little wider than the normal one.
    return max(sample.count, Int(ratio * ratio)) + 1
  }
}

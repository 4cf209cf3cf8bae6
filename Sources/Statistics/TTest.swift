/// A t test: a difference of means relative to its standard error.
package struct TTest {
  /// Mean of A - mean of B.
  package let difference: Double
  package let standardError: Double
  package let t: Double
  package let df: Double
  /// Two-sided p.
  package let p: Double

  private init(difference: Double, squaredError: Double, df: Double) {
    self.difference = difference
    standardError = squaredError.squareRoot()
    t = difference / standardError
    self.df = df
    p = t.isInfinite ? 0 : StudentT(df: df).twoSided(t)
  }

  /// Welch's test of two independent samples, without assuming equal variances: the standard error is
  /// `√(s²_A / n_A + s²_B / n_B)`, the degrees of freedom are Satterthwaite's,
  /// `(a + b)² / (a² / (n_A - 1) + b² / (n_B - 1))` with `a = s²_A / n_A`, `b = s²_B / n_B`.
  package init(_ a: SampleMoments, _ b: SampleMoments) {
    let squared = a.squaredError + b.squaredError
    let (shareA, shareB) = (a.squaredError / squared, b.squaredError / squared)
    self.init(
      difference: a.mean - b.mean, squaredError: squared,
      df: 1 / (shareA * shareA / a.df + shareB * shareB / b.df))
  }

  /// Student's test of the differences of pairs: the standard error is `s / √n`, the degrees of freedom are `n - 1`.
  package init(paired differences: SampleMoments) {
    self.init(difference: differences.mean, squaredError: differences.squaredError, df: differences.df)
  }
}

/// Hedges' g: the difference in units of pooled standard deviations, `g = J d`.
///
/// `d = (mean A - mean B) / s` with `s² = ((n_A - 1) s²_A + (n_B - 1) s²_B) / (n_A + n_B - 2)`, and
/// `J = Γ(m/2) / (√(m/2) Γ((m - 1)/2))`, `m = n_A + n_B - 2`, the exact correction of Hedges (1981) for the bias of d
/// in small samples.
///
/// For pairs, `s` is the same: the unit is the deviation of texts, not of their differences. Its degrees of freedom are
/// set to `m = n - 1`, which is correct if the two values of a text are closely correlated.
package struct HedgesG {
  package let g: Double
  /// `s`.
  package let pooledDeviation: Double
  /// `J`.
  package let correction: Double

  package init(_ a: SampleMoments, _ b: SampleMoments) {
    let df = a.df + b.df
    correction = Self.correction(df: df)
    pooledDeviation = ((a.df * a.variance + b.df * b.variance) / df).squareRoot()
    g = Self.effect(a.mean - b.mean, pooledDeviation, correction)
  }

  /// - Parameter difference: the mean of the pairs' differences.
  package init(paired a: SampleMoments, _ b: SampleMoments, difference: Double) {
    correction = Self.correction(df: a.df)
    pooledDeviation = (0.5 * (a.variance + b.variance)).squareRoot()
    g = Self.effect(difference, pooledDeviation, correction)
  }

  /// A difference of 0 has an effect of 0, however small the deviation.
  private static func effect(_ difference: Double, _ deviation: Double, _ correction: Double) -> Double {
    difference == 0 && deviation == 0 ? 0 : correction * difference / deviation
  }

  /// Returns `J(df)`; NaN for one degree of freedom or none.
  package static func correction(df: Double) -> Double { SpecialFunctions.halfStepRatio(0.5 * df) }
}

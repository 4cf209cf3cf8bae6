/// Number, mean and sample variance of a domain's values at one block.
package struct SampleMoments {
  package let count: Int
  package let mean: Double
  /// NaN for fewer than two values.
  package let variance: Double

  package init(count: Int, mean: Double, variance: Double) {
    self.count = count
    self.mean = mean
    self.variance = variance
  }

  package init(_ values: some Sequence<Double>) {
    let statistics = RunningStatistics(values)
    self.init(count: statistics.count, mean: statistics.mean ?? .nan, variance: statistics.variance ?? .nan)
  }

  /// Returns the moments of the values plus `offset`.
  func shifted(by offset: Double) -> SampleMoments {
    SampleMoments(count: count, mean: mean + offset, variance: variance)
  }

  /// The squared standard error of the mean.
  var squaredError: Double { variance / Double(count) }
  var df: Double { Double(count - 1) }
}

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

/// Two one-sided tests (Schuirmann 1987) for an effect within ± a bound.
package enum EquivalenceTest {
  /// Returns the larger p of the tests of `difference > -δ` and `difference < δ`, with the standard error and the
  /// degrees of freedom of the test for a difference. The bound in g becomes one in the metric's units,
  /// `δ = bound s / J`, by the pooled standard deviation of the same samples, which is treated as known.
  package static func p(_ test: TTest, _ effect: HedgesG, bound: Double) -> Double {
    let limit = bound * effect.pooledDeviation / effect.correction
    // All pairs have the same difference.
    if test.standardError == 0 { return abs(test.difference) < limit ? 0 : 1 }
    let distribution = StudentT(df: test.df)
    let above = distribution.survival((test.difference + limit) / test.standardError)
    let below = distribution.cdf((test.difference - limit) / test.standardError)
    return above.isNaN || below.isNaN ? .nan : max(above, below)
  }
}

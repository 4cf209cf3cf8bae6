/// Number, mean and sample variance of a domain's values at one block.
package struct SampleMoments {
  package let count: Int
  package let mean: Double
  /// NaN with fewer than two values.
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

  /// The squared standard error of the mean.
  var squaredError: Double { variance / Double(count) }
  var df: Double { Double(count - 1) }
}

/// Welch's t test: a difference of means against its standard error, without assuming equal variances.
package struct WelchTest {
  /// Mean of A - mean of B.
  package let difference: Double
  /// `√(s²_A / n_A + s²_B / n_B)`.
  package let standardError: Double
  package let t: Double
  /// Satterthwaite's: `(a + b)² / (a² / (n_A - 1) + b² / (n_B - 1))` with `a = s²_A / n_A`, `b = s²_B / n_B`.
  package let df: Double
  /// Two-sided.
  package let p: Double

  package init(_ a: SampleMoments, _ b: SampleMoments) {
    difference = a.mean - b.mean
    let squared = a.squaredError + b.squaredError
    standardError = squared.squareRoot()
    t = difference / standardError
    let (shareA, shareB) = (a.squaredError / squared, b.squaredError / squared)
    df = 1 / (shareA * shareA / a.df + shareB * shareB / b.df)
    p = t.isInfinite ? 0 : StudentT(df: df).twoSided(t)
  }
}

/// Hedges' g: the difference in pooled standard deviations, `g = J d`.
///
/// `d = (mean A - mean B) / s` with `s² = ((n_A - 1) s²_A + (n_B - 1) s²_B) / (n_A + n_B - 2)`, and
/// `J = Γ(m/2) / (√(m/2) Γ((m - 1)/2))`, `m = n_A + n_B - 2`, the exact correction of Hedges (1981) for d's being too
/// large on average in small samples.
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
    let difference = a.mean - b.mean
    // No difference is no effect, however small the deviation.
    g = difference == 0 && pooledDeviation == 0 ? 0 : correction * difference / pooledDeviation
  }

  /// `J(df)`; NaN for one degree of freedom or none.
  package static func correction(df: Double) -> Double { SpecialFunctions.halfStepRatio(0.5 * df) }
}

/// Two one-sided tests (Schuirmann 1987) of Welch's kind for an effect within ± a bound.
package enum EquivalenceTest {
  /// The larger p of the tests of `difference > -δ` and `difference < δ`, with Welch's standard error and degrees of
  /// freedom. The bound in g becomes one in the metric's units, `δ = bound s / J`, by the pooled standard deviation
  /// of these very samples, which is then taken as if it were known.
  ///
  /// 0 where all values are the same, 1 where there is no scatter but a difference.
  package static func p(_ welch: WelchTest, _ effect: HedgesG, bound: Double) -> Double {
    if effect.pooledDeviation == 0 { return welch.difference == 0 ? 0 : 1 }
    let limit = bound * effect.pooledDeviation / effect.correction
    let distribution = StudentT(df: welch.df)
    let above = distribution.survival((welch.difference + limit) / welch.standardError)
    let below = distribution.cdf((welch.difference - limit) / welch.standardError)
    return above.isNaN || below.isNaN ? .nan : max(above, below)
  }
}

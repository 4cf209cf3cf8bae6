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

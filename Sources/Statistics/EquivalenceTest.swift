import Foundation

/// Two one-sided tests (Schuirmann 1987) for a difference within a bound.
///
/// In standard deviations the bound `b` becomes one in the metric's units, `δ = b s / J`, by the pooled standard deviation
/// of the same samples, which is treated as known. In percent the tests are of the linear combinations `m_A - θ m_B` at
/// `θ = 1 + b` and `θ = 1 / (1 + b)` (Sasabuchi 1980; Hauschke, Kieser, Diletti & Burke 1999), each with its own standard
/// error; with logarithms the bound is `± ln(1 + b)`.
package struct EquivalenceTest {
  package let bound: EquivalenceBound
  /// True if the samples are logarithms.
  package let usesLogScale: Bool

  package init(_ bound: EquivalenceBound, usesLogScale: Bool = false) {
    self.bound = bound
    self.usesLogScale = usesLogScale
  }

  /// A tested combination of the two means: its distance from 0 and what that scatters by.
  private struct Side {
    let difference: Double
    /// Squared standard deviation of the combination, of a pair or of a text on each side, without the division by n.
    let variance: Double
    let squaredError: Double
    let df: Double

    /// Returns the probability of a difference at least as small, or as large, as this one at the bound.
    func p(isBelow: Bool) -> Double {
      let error = squaredError.squareRoot()
      // All texts have the same values: the difference is taken at its word.
      if error == 0 { return (isBelow ? difference < 0 : difference > 0) ? 0 : 1 }
      let t = difference / error
      return isBelow ? StudentT(df: df).cdf(t) : StudentT(df: df).survival(t)
    }
  }

  /// Returns the combinations at the upper and the lower bound, `m_A - θ m_B - δ`.
  private func sides(
    _ a: SampleMoments, _ b: SampleMoments, _ differences: SampleMoments?
  ) -> (upper: Side, lower: Side) {
    var limit = 0.0
    var factor = 1.0
    switch bound {
    case .deviations(let value):
      let effect = differences.map { HedgesG(paired: a, b, difference: $0.mean) } ?? HedgesG(a, b)
      limit = value * effect.pooledDeviation / effect.correction
    case .percent(let value):
      if usesLogScale { limit = log1p(value / 100) } else { factor = 1 + value / 100 }
    }
    return (side(a, b, differences, factor, limit), side(a, b, differences, 1 / factor, -limit))
  }

  private func side(
    _ a: SampleMoments, _ b: SampleMoments, _ differences: SampleMoments?, _ factor: Double, _ limit: Double
  ) -> Side {
    guard let differences else {
      let (errorA, errorB) = (a.squaredError, factor * factor * b.squaredError)
      let (shareA, shareB) = (errorA / (errorA + errorB), errorB / (errorA + errorB))
      return Side(
        difference: a.mean - factor * b.mean - limit, variance: 0.5 * (a.variance + factor * factor * b.variance),
        squaredError: errorA + errorB, df: 1 / (shareA * shareA / a.df + shareB * shareB / b.df))
    }
    // The variance of A - θ B is that of the differences plus what θ adds, which is exact at θ = 1.
    let covariance = 0.5 * (a.variance + b.variance - differences.variance)
    let rest = factor - 1
    let variance = max(0, differences.variance + rest * ((1 + factor) * b.variance - 2 * covariance))
    return Side(
      difference: differences.mean - rest * b.mean - limit, variance: variance,
      squaredError: variance / Double(a.count), df: a.df)
  }

  /// Returns the larger p of the two tests.
  ///
  /// - Parameters:
  ///   - a: moments of A's values, about their own zero point if the bound is a percentage.
  ///   - b: moments of B's values.
  ///   - differences: moments of the pairs' differences, if texts are paired.
  package func p(_ a: SampleMoments, _ b: SampleMoments, differences: SampleMoments? = nil) -> Double {
    let (upper, lower) = sides(a, b, differences)
    let (below, above) = (upper.p(isBelow: true), lower.p(isBelow: false))
    return below.isNaN || above.isNaN ? .nan : max(below, above)
  }

  /// Returns the least number of texts per domain, or of pairs, with which equal means would be called equivalent at
  /// all, the standard deviations being those found. Nil if the present numbers suffice, and above ``Power/largest``.
  ///
  /// - Parameters:
  ///   - a: moments of A's values, as for ``p(_:_:differences:)``.
  ///   - b: moments of B's values.
  ///   - differences: moments of the pairs' differences, if texts are paired.
  ///   - alpha: significance level.
  package func textsOutOfReach(
    _ a: SampleMoments, _ b: SampleMoments, differences: SampleMoments? = nil, alpha: Double
  ) -> Int? {
    let mean = 0.5 * (a.mean + b.mean)
    func passes(_ countA: Int, _ countB: Int) -> Bool {
      p(
        SampleMoments(count: countA, mean: mean, variance: a.variance),
        SampleMoments(count: countB, mean: mean, variance: b.variance),
        differences: differences.map { SampleMoments(count: countA, mean: 0, variance: $0.variance) }) < alpha
    }
    guard a.count > 1, b.count > 1, !passes(a.count, b.count) else { return nil }
    // Fails at `low`, passes at `high`.
    var low = min(a.count, b.count)
    if passes(low, low) { low = 1 }
    var high = max(2, low)
    while !passes(high, high) {
      guard high <= Power.largest else { return nil }
      (low, high) = (high, 2 * high)
    }
    while high - low > 1 {
      let middle = (low + high) / 2
      if passes(middle, middle) { high = middle } else { low = middle }
    }
    return high <= Power.largest ? high : nil
  }

  /// Returns the least number of texts per domain, or of pairs, for a power of 80 % of both tests together, if means and
  /// standard deviations are those found. Nil for a difference that is not within the bound, and above ``Power/largest``.
  ///
  /// - Parameters:
  ///   - a: moments of A's values, as for ``p(_:_:differences:)``.
  ///   - b: moments of B's values.
  ///   - differences: moments of the pairs' differences, if texts are paired.
  ///   - alpha: significance level.
  package func textsNeeded(
    _ a: SampleMoments, _ b: SampleMoments, differences: SampleMoments? = nil, alpha: Double
  ) -> Int? {
    let (upper, lower) = sides(a, b, differences)
    return Power.textsForEquivalence(
      below: -upper.difference / upper.variance.squareRoot(), above: lower.difference / lower.variance.squareRoot(),
      alpha: alpha, differences == nil ? .independent : .paired)
  }
}

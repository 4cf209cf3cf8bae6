import Foundation

/// Sample sizes for a decision: the power of the t test and of the equivalence test for two domains of `n` normal
/// values each and equal variances, or for `n` pairs, whose effects are in standard deviations of differences.
package enum Power {
  /// The design that a number of texts refers to.
  package enum Design {
    case independent, paired

    /// Returns the degrees of freedom.
    func df(_ n: Int) -> Double { Double(self == .independent ? 2 * n - 2 : n - 1) }
    /// Returns the noncentrality of an effect of 1.
    func scale(_ n: Int) -> Double { (self == .independent ? 0.5 * Double(n) : Double(n)).squareRoot() }
  }

  /// Target power.
  package static let goal = 0.8
  /// Maximum number of texts that is reported.
  package static let largest = 1_000_000

  /// Returns the probability that a two-sided t test at `alpha` detects an effect of `d` standard deviations.
  package static func twoSided(
    effect d: Double, texts n: Int, alpha: Double, _ design: Design = .independent
  ) -> Double {
    let df = design.df(n)
    let critical = StudentT(df: df).upperQuantile(0.5 * alpha)
    let distribution = NoncentralT(df: df, noncentrality: abs(d) * design.scale(n))
    return distribution.survival(critical) + distribution.cdf(-critical)
  }

  /// Returns the probability that two one-sided tests at `alpha` find an effect of `d` standard deviations within ±
  /// `bound`.
  ///
  /// The probabilities of the two tests are combined as if at least one of them always passed, `P + P' - 1`. This is a
  /// lower bound, and exact to many digits in the relevant range of power: both tests fail only if the interval is
  /// wider than the bounds.
  package static func equivalence(
    effect d: Double, bound: Double, texts n: Int, alpha: Double, _ design: Design = .independent
  ) -> Double {
    equivalence(below: bound - d, above: bound + d, texts: n, alpha: alpha, design)
  }

  /// As above, for the distances of the effect from the upper and the lower bound.
  private static func equivalence(
    below: Double, above: Double, texts n: Int, alpha: Double, _ design: Design
  ) -> Double {
    let df = design.df(n)
    let critical = StudentT(df: df).upperQuantile(alpha)
    let scale = design.scale(n)
    let upper = NoncentralT(df: df, noncentrality: below * scale).survival(critical)
    let lower = NoncentralT(df: df, noncentrality: above * scale).survival(critical)
    return max(0, upper + lower - 1)
  }

  /// Returns the smallest number of texts per domain, or of pairs, with which the test for a difference has a power of
  /// 80 % for an effect. Nil without an effect and above ``largest``.
  ///
  /// - Parameters:
  ///   - d: the effect in standard deviations of texts; of pairs' differences in a paired design.
  ///   - alpha: significance level of the two-sided test.
  ///   - design: what the number counts.
  package static func textsForDifference(effect d: Double, alpha: Double, _ design: Design = .independent) -> Int? {
    guard d.isFinite, alpha > 0, alpha < 1 else { return nil }
    let size = abs(d)
    return least(near: guess(Normal.upperQuantile(0.5 * alpha) + Normal.quantile(goal), size, design)) {
      twoSided(effect: size, texts: $0, alpha: alpha, design)
    }
  }

  /// Returns the smallest number of texts per domain, or of pairs, with which two one-sided tests have a power of 80 %
  /// together. Nil unless both distances are positive, and above ``largest``.
  ///
  /// - Parameters:
  ///   - below: distance of the effect from the upper bound, in standard deviations as for
  ///     ``textsForDifference(effect:alpha:_:)``.
  ///   - above: its distance from the lower bound.
  ///   - alpha: significance level of each test.
  ///   - design: what the number counts.
  package static func textsForEquivalence(
    below: Double, above: Double, alpha: Double, _ design: Design = .independent
  ) -> Int? {
    guard below > 0, above > 0, alpha > 0, alpha < 1 else { return nil }
    return least(near: guess(Normal.upperQuantile(alpha) + Normal.quantile(goal), min(below, above), design)) {
      equivalence(below: below, above: above, texts: $0, alpha: alpha, design)
    }
  }

  /// Returns the number by the normal approximation.
  private static func guess(_ quantiles: Double, _ distance: Double, _ design: Design) -> Double {
    let ratio = quantiles / distance
    return (design == .independent ? 2 : 1) * ratio * ratio
  }

  /// Returns the smallest number from 2 on whose power reaches the goal; power grows with the number.
  private static func least(near guess: Double, power: (Int) -> Double) -> Int? {
    guard guess < 2 * Double(largest) else { return nil }
    var low = max(2, Int(guess * 0.98) - 2)
    while low > 2, power(low) >= goal { low = max(2, low / 2) }
    if power(low) >= goal { return low }
    // Fails at `low`, passes at `high`.
    var step = 4
    var high = low + step
    while power(high) < goal {
      low = high
      step *= 2
      high = low + step
      if low > largest { return nil }
    }
    while high - low > 1 {
      let middle = (low + high) / 2
      if power(middle) >= goal { high = middle } else { low = middle }
    }
    return high <= largest ? high : nil
  }
}

/// The distribution of `(Z + δ) / S` with Z standard normal and `df · S²` chi-squared with `df ≥ 1` degrees of freedom:
/// the distribution of t if there is an effect.
///
/// P(T ≤ t) is the mean of Φ(t S - δ) over S, a smooth integral that 96 Gauss-Legendre points over the relevant range
/// of S's density give to about 1e-13 (absolute).
package struct NoncentralT {
  package let noncentrality: Double
  /// Values of S with their weights, which add up to 1.
  private let points: [(s: Double, weight: Double)]

  package init(df: Double, noncentrality: Double) {
    self.noncentrality = noncentrality
    guard df >= 1, df < .infinity else {
      points = []
      return
    }
    // The density of S is proportional to s^(df - 1) exp(-df s²/2): its maximum is at `mode`, and it falls at least as
    // fast as a normal density of standard deviation 1/√df above it, of 1/√(2 df) below.
    let mode = ((df - 1) / df).squareRoot()
    let low = max(0, mode - 9 / (2 * df).squareRoot())
    let high = mode + 9 / df.squareRoot()
    func logDensity(_ s: Double) -> Double {
      df == 1 ? -0.5 * s * s : (df - 1) * log(s / mode) - 0.5 * df * (s - mode) * (s + mode)
    }
    let values = GaussLegendre.points.map { point in
      let s = 0.5 * (low + high) + 0.5 * (high - low) * point.node
      return (s: s, weight: point.weight * exp(logDensity(s)))
    }
    // Dividing by the sum avoids the density's constant, and its rounding for large `df`.
    let total = values.reduce(0) { $0 + $1.weight }
    points = values.map { (s: $0.s, weight: $0.weight / total) }
  }

  /// Returns P(T ≤ t).
  package func cdf(_ t: Double) -> Double { mean { Normal.cdf(t * $0 - noncentrality) } }
  /// Returns P(T > t).
  package func survival(_ t: Double) -> Double { mean { Normal.survival(t * $0 - noncentrality) } }

  private func mean(_ function: (Double) -> Double) -> Double {
    points.isEmpty ? .nan : points.reduce(0) { $0 + $1.weight * function($1.s) }
  }
}

/// Nodes and weights of Gauss-Legendre integration over -1 … 1.
private enum GaussLegendre {
  static let points: [(node: Double, weight: Double)] = make(96)

  /// Returns the roots of the Legendre polynomial, by Newton's method, with their weights.
  private static func make(_ count: Int) -> [(node: Double, weight: Double)] {
    (0..<count).map { index in
      var x = cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<20 {
        var (previous, current) = (1.0, x)
        for degree in 2...count {
          let n = Double(degree)
          (previous, current) = (current, ((2 * n - 1) * x * current - (n - 1) * previous) / n)
        }
        slope = Double(count) * (x * current - previous) / (x * x - 1)
        let step = current / slope
        x -= step
        if abs(step) < 1e-16 { break }
      }
      return (x, 2 / ((1 - x * x) * slope * slope))
    }
  }
}

import Foundation

/// The standard normal distribution.
package enum Normal {
  /// Returns P(Z ≤ z).
  package static func cdf(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
  /// Returns P(Z > z).
  package static func survival(_ z: Double) -> Double { cdf(-z) }
  package static func density(_ z: Double) -> Double { exp(-0.5 * z * z) / (2 * Double.pi).squareRoot() }

  /// Returns the z with P(Z ≤ z) = `p`; infinite at 0 and 1.
  package static func quantile(_ p: Double) -> Double {
    p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p)
  }

  /// Returns the z with P(Z > z) = `p`, accurate for small `p`.
  package static func upperQuantile(_ p: Double) -> Double {
    UpperTail.quantile(p, survival: survival, density: density)
  }
}

/// Student's t distribution with `df` degrees of freedom, not necessarily an integer. NaN unless `df` is positive.
package struct StudentT {
  package let df: Double

  package init(df: Double) { self.df = df }

  /// Returns P(T > t) = `I_x(df/2, 1/2) / 2` at `x = df / (df + t²)`, for positive t.
  package func survival(_ t: Double) -> Double {
    guard t >= 0 else { return t < 0 ? 1 - survival(-t) : .nan }
    return 0.5 * twoSided(t)
  }

  /// Returns P(T ≤ t).
  package func cdf(_ t: Double) -> Double { survival(-t) }

  /// Returns P(|T| > |t|).
  package func twoSided(_ t: Double) -> Double {
    guard df > 0, !t.isNaN else { return .nan }
    if t.isInfinite { return 0 }
    // In two steps, because t² alone can overflow.
    let ratio = abs(t) / df.squareRoot()
    let square = ratio * ratio
    guard square < .infinity else { return 0 }
    return SpecialFunctions.incompleteBeta(1 / (1 + square), square / (1 + square), 0.5 * df, 0.5)
  }

  package func density(_ t: Double) -> Double {
    let ratio = t / df.squareRoot()
    return exp(-0.5 * (df + 1) * log1p(ratio * ratio) - SpecialFunctions.logBeta(0.5 * df, 0.5)) / df.squareRoot()
  }

  /// Returns the t with P(T ≤ t) = `p`; infinite at 0 and 1.
  package func quantile(_ p: Double) -> Double { p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p) }

  /// Returns the t with P(T > t) = `p`, accurate for small `p`.
  package func upperQuantile(_ p: Double) -> Double {
    guard df > 0 else { return .nan }
    return UpperTail.quantile(p, survival: survival, density: density)
  }
}

/// The F distribution.
package enum FDistribution {
  /// Returns P(F > f) = `I_x(d2/2, d1/2)` at `x = d2 / (d2 + d1 f)`. NaN unless both degrees of freedom are positive.
  package static func survival(_ f: Double, _ d1: Double, _ d2: Double) -> Double {
    guard d1 > 0, d2 > 0, !f.isNaN else { return .nan }
    if f <= 0 { return 1 }
    let ratio = d1 / d2 * f
    guard ratio < .infinity else { return 0 }
    return SpecialFunctions.incompleteBeta(1 / (1 + ratio), ratio / (1 + ratio), 0.5 * d2, 0.5 * d1)
  }
}

/// Inverts the survival function of a distribution that is symmetric about 0.
private enum UpperTail {
  /// Returns the x with `survival(x)` = p: Newton's method on `ln survival`, which is close to a line or a parabola in
  /// either kind of tail, inside a bracket that is halved whenever a step would leave it.
  static func quantile(_ p: Double, survival: (Double) -> Double, density: (Double) -> Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    if p == 0 { return .infinity }
    if p > 0.5 { return -quantile(1 - p, survival: survival, density: density) }
    if p == 0.5 { return 0 }
    var low = 0.0
    var high = 1.0
    while survival(high) > p {
      low = high
      high *= 2
      if high == .infinity { return high }
    }
    let goal = log(p)
    var x = 0.5 * (low + high)
    for _ in 0..<200 {
      let tail = survival(x)
      if tail > p { low = x } else { high = x }
      let excess = log(tail) - goal
      var next = x + excess * tail / density(x)
      if !(next >= low && next <= high) { next = 0.5 * (low + high) }
      let step = abs(next - x)
      x = next
      if step <= 1e-15 * x { break }
    }
    return x
  }
}

import Foundation

/// Special functions for the distributions, in double precision. Arguments out of range give NaN.
package enum SpecialFunctions {
  /// Returns `ln Γ(x)` for `x > 0`: Stirling's series where it converges, the recurrence `Γ(x + 1) = x Γ(x)` below.
  package static func logGamma(_ x: Double) -> Double {
    guard x > 0 else { return .nan }
    guard x < .infinity else { return .infinity }
    var factor = 1.0
    var shifted = x
    while shifted < stirlingStart {
      factor *= shifted
      shifted += 1
    }
    return (shifted - 0.5) * log(shifted) - shifted + halfLogTwoPi + stirlingRest(shifted) - log(factor)
  }

  /// Returns `ln B(a, b) = ln Γ(a) + ln Γ(b) - ln Γ(a + b)`, without the cancellation of the sum for large arguments.
  package static func logBeta(_ first: Double, _ second: Double) -> Double {
    guard first > 0, second > 0 else { return .nan }
    let (a, b) = (max(first, second), min(first, second))
    guard a >= stirlingStart else { return logGamma(a) + logGamma(b) - logGamma(a + b) }
    let rest = stirlingRest(a) - stirlingRest(a + b)
    if b < stirlingStart {
      return logGamma(b) - (a - 0.5) * log1p(b / a) - b * log(a + b) + b + rest
    }
    return -(a - 0.5) * log1p(b / a) - b * log1p(a / b) - 0.5 * log(b) + halfLogTwoPi + stirlingRest(b) + rest
  }

  /// Returns `Γ(x) / (√x Γ(x - 1/2))` for `x > 1/2`, at most 1.
  package static func halfStepRatio(_ x: Double) -> Double {
    guard x > 0.5 else { return .nan }
    guard x - 0.5 >= stirlingStart else { return exp(logGamma(x) - logGamma(x - 0.5)) / x.squareRoot() }
    return exp(-(x - 1) * log1p(-0.5 / x) - 0.5 + stirlingRest(x) - stirlingRest(x - 0.5))
  }

  /// Returns the regularized incomplete beta function `I_x(a, b)`, from its continued fraction (DLMF 8.17.22) by the
  /// method of Lentz, after Thompson & Barnett (1986).
  ///
  /// - Parameter y: `1 - x`, passed separately because one of the two is often known to more digits than the
  ///   difference.
  package static func incompleteBeta(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    guard a > 0, b > 0, x >= 0, y >= 0 else { return .nan }
    if x == 0 { return 0 }
    if y == 0 { return 1 }
    // Beyond the mean the fraction of the other tail converges quickly.
    if x * (a + b + 2) > a + 1 { return 1 - lowerTail(y, x, b, a) }
    return lowerTail(x, y, a, b)
  }

  private static func lowerTail(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    let logX = x < 0.5 ? log(x) : log1p(-y)
    let logY = y < 0.5 ? log(y) : log1p(-x)
    return exp(a * logX + b * logY - logBeta(a, b) - log(a)) / fraction(x, a, b)
  }

  /// Returns `1 + d₁x / (1 + d₂x / (1 + …))`.
  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    var value = 1.0
    var c = 1.0
    var d = 0.0
    // Takes about √max(a, b) steps.
    for step in 1...100_000 {
      let m = Double(step / 2)
      let numerator: Double =
        step % 2 == 0
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 + numerator * d
      if abs(d) < tiny { d = tiny }
      d = 1 / d
      c = 1 + numerator / c
      if abs(c) < tiny { c = tiny }
      value *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return value
  }

  /// From here on eight terms of Stirling's series are exact to the last digit.
  private static let stirlingStart = 12.0
  private static let halfLogTwoPi = 0.918_938_533_204_672_741_78

  /// Returns `ln Γ(x) - ((x - 1/2) ln x - x + ln √2π)` (DLMF 5.11.1).
  private static func stirlingRest(_ x: Double) -> Double {
    let inverse = 1 / x
    let square = inverse * inverse
    var sum = 0.0
    for coefficient in stirling { sum = sum * square + coefficient }
    return sum * inverse
  }

  /// `B_2k / (2k (2k - 1))` from k = 8 down to 1.
  private static let stirling: [Double] = [
    -3617.0 / 122_400, 1.0 / 156, -691.0 / 360_360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12,
  ]
}

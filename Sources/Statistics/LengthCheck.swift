import Foundation

/// Whether a difference between two domains remains when the lengths of their texts are taken into account. The raw
/// value is the word in files.
public enum LengthCheck: String, Sendable, CaseIterable {
  /// At equal length the difference has the same sign, and its q is below alpha.
  case holds
  /// At equal length the difference has the other sign, and its q is below alpha.
  case reverses
  /// At equal length no difference is found.
  case fades

  /// - Parameters:
  ///   - difference: mean of A - mean of B.
  ///   - adjusted: the same at equal length.
  ///   - q: p of `adjusted` after the correction for multiple comparisons.
  ///   - alpha: significance level.
  package init(difference: Double, adjusted: Double, q: Double, alpha: Double) {
    guard q < alpha else {
      self = .fades
      return
    }
    self = (difference > 0) == (adjusted > 0) ? .holds : .reverses
  }
}

/// Analysis of covariance of a pair of domains: `y = α + β d + γ ln(tokens)`, `d` being 1 in A and 0 in B, by ordinary
/// least squares, with the heteroscedasticity-consistent standard error HC3 of β (MacKinnon & White 1985) and Student's t
/// with n - 3 degrees of freedom.
///
/// The regressors are the same for all blocks: β is the regression on what is left of `d` after the others (Frisch &
/// Waugh 1933). Where texts have groups, a group is one observation, by the means of `y` and of `ln(tokens)` of its texts.
package struct LengthRegression {
  /// β: the difference at equal length, its standard error, t and two-sided p.
  package struct Adjusted {
    package let difference: Double
    package let standardError: Double
    package let t: Double
    package let p: Double
  }

  /// ln(tokens), centered, of A's texts, then of B's.
  private let lengths: [Double]
  /// Sum of their squares.
  private let lengthScatter: Double
  /// What is left of `d`, and the sum of its squares.
  private let rest: [Double]
  private let restScatter: Double
  /// 1 - h, h being the leverage of each text, or group.
  private let freedoms: [Double]

  /// - Parameters:
  ///   - a: ln(tokens) of A's texts, or of its groups their means.
  ///   - b: the same of B's.
  /// - Returns: nil if fewer than ``CommonLengths/least`` texts (or groups) of a side are in the common range of lengths,
  ///   if all have one length, which cannot matter then, or if lengths tell the domains apart.
  package init?(_ a: [Double], _ b: [Double]) {
    let common = CommonLengths(a, b)
    guard common.isEnough, !common.isOneLength else { return nil }
    let logarithms = a + b
    let count = Double(logarithms.count)
    let center = logarithms.reduce(0, +) / count
    let lengths = logarithms.map { $0 - center }
    let scatter = lengths.reduce(0) { $0 + $1 * $1 }
    let share = Double(a.count) / count
    let sides = lengths.indices.map { ($0 < a.count ? 1 : 0) - share }
    let slope = zip(sides, lengths).reduce(0) { $0 + $1.0 * $1.1 } / scatter
    let rest = zip(sides, lengths).map { $0 - slope * $1 }
    let restScatter = rest.reduce(0) { $0 + $1 * $1 }
    guard scatter > 0, restScatter > 1e-9 * count, scatter.isFinite else { return nil }
    (self.lengths, lengthScatter, self.rest, self.restScatter) = (lengths, scatter, rest, restScatter)
    freedoms = zip(lengths, rest).map { length, rest in
      1 - (1 / count + length * length / scatter + rest * rest / restScatter)
    }
  }

  /// Returns the difference at equal length; nil if it has no scatter or a value is not finite.
  ///
  /// - Parameter values: of A's texts, then of B's.
  package func adjusted(_ values: [Double]) -> Adjusted? {
    guard values.count == rest.count, values.allSatisfy(\.isFinite) else { return nil }
    let count = Double(values.count)
    let center = values.reduce(0, +) / count
    let centered = values.map { $0 - center }
    let difference = zip(rest, centered).reduce(0) { $0 + $1.0 * $1.1 } / restScatter
    let slope = zip(lengths, centered).reduce(0) { $0 + $1.0 * $1.1 } / lengthScatter
    var sum = 0.0
    for (index, value) in centered.enumerated() {
      // What is left of the value after the lengths, and after what is left of `d`.
      let residual = value - slope * lengths[index] - difference * rest[index]
      let weighted = rest[index] * residual / freedoms[index]
      sum += weighted * weighted
    }
    let error = sum.squareRoot() / restScatter
    let t = difference / error
    guard error > 0, t.isFinite else { return nil }
    return Adjusted(
      difference: difference, standardError: error, t: t, p: StudentT(df: count - 3).twoSided(t))
  }
}

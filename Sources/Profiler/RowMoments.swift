/// Result of one pass over a token's row of a block: everything the metrics need, in double precision.
///
/// Every sum has a fixed order that depends on the width of the row alone, so a row's moments depend on its own numbers
/// only.
struct RowMoments {
  /// Number of elements, `D`.
  let count: Int
  /// `ΣΔ`.
  let delta: Double
  /// `Σ(Δ - mean)²` over the row.
  let deltaM2: Double
  /// `Σ|Δ|`, `Σ|A|`, `Σ|M|`.
  let absDeltaSum, absAttentionSum, absMLPSum: Double
  /// `ΣΔ²`, `ΣA²`, `ΣM²`, `Σ(X + A)²`.
  let deltaSquares, attentionSquares, mlpSquares, postAttentionSquares: Double
  /// `ΣX²`, `ΣY²`, `ΣXY`.
  let beforeSquares, afterSquares, product: Double
  /// `max |Y|`.
  let maximum: Double
  /// False if an element is not finite or violates `X + A + M = Y`; the row is then read again by ``ResidualCheck``.
  let isConsistent: Bool

  /// `‖Δ‖ / ‖X‖`. Like the other ratios, not finite if the divisor is a row of zeros.
  var relativeNorm: Double { (deltaSquares / beforeSquares).squareRoot() }
  /// `‖A‖ / ‖X‖`.
  var attentionRelativeNorm: Double { (attentionSquares / beforeSquares).squareRoot() }
  /// `‖M‖ / ‖X + A‖`.
  var mlpRelativeNorm: Double { (mlpSquares / postAttentionSquares).squareRoot() }

  /// True if one of the rows by whose norms others are divided is all zeros.
  var hasZeroNorm: Bool { beforeSquares == 0 || postAttentionSquares == 0 || afterSquares == 0 }

  /// `cos(X, Y)` in [-1, 1], or `nan` if `X` or `Y` is a row of zeros.
  ///
  /// The root is taken of the product, not of its factors: the root of a rounded square is exact, so a block that
  /// changes nothing has exactly a cosine of 1, an influence of 0 and an angle of 0. The product of two sums of squares
  /// of float32 numbers neither overflows nor vanishes in double precision.
  var cosine: Double {
    let cosine = product / (beforeSquares * afterSquares).squareRoot()
    // Not `min` and `max`, which would turn `nan` into a number.
    if cosine > 1 { return 1 }
    return cosine < -1 ? -1 : cosine
  }
}

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
  /// `ΣXΔ`, `ΣXA`, `ΣX(X + A)`, `Σ(X + A)M`, `Σ(X + A)Y`: each summed directly, because a difference of other sums would
  /// cancel most of its digits.
  let beforeDelta, beforeAttention, beforePostAttention, postAttentionMLP, postAttentionAfter: Double
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
  var streamCosine: Double { Self.clamped(product / (beforeSquares * afterSquares).squareRoot()) }

  /// `‖Y‖`.
  var afterNorm: Double { afterSquares.squareRoot() }

  /// `cos(Δ, X)`. Like the other two, 0 if what is added is a row of zeros, and `nan` if the stream is.
  var deltaCosine: Double { Self.cosine(beforeDelta, stream: beforeSquares, added: deltaSquares) }
  /// `cos(A, X)`.
  var attentionCosine: Double { Self.cosine(beforeAttention, stream: beforeSquares, added: attentionSquares) }
  /// `cos(M, X + A)`.
  var mlpCosine: Double { Self.cosine(postAttentionMLP, stream: postAttentionSquares, added: mlpSquares) }

  /// `1 - cos(X, X + A)`: 0 if `A` is a row of zeros, `nan` if `X` or `X + A` is.
  var attentionInfluence: Double {
    guard attentionSquares > 0 || beforeSquares == 0 else { return 0 }
    return 1 - Self.clamped(beforePostAttention / (beforeSquares * postAttentionSquares).squareRoot())
  }

  /// `1 - cos(X + A, Y)`: 0 if `M` is a row of zeros, 1 if `Y` is, `nan` if `X + A` is.
  var mlpInfluence: Double {
    guard mlpSquares > 0 || postAttentionSquares == 0 else { return 0 }
    return 1 - Self.cosine(postAttentionAfter, stream: postAttentionSquares, added: afterSquares)
  }

  private static func cosine(_ product: Double, stream: Double, added: Double) -> Double {
    guard added > 0 || stream == 0 else { return 0 }
    return clamped(product / (stream * added).squareRoot())
  }

  /// Returns the nearest number in [-1, 1], or `nan`.
  private static func clamped(_ cosine: Double) -> Double {
    // Not `min` and `max`, which would turn `nan` into a number.
    if cosine > 1 { return 1 }
    return cosine < -1 ? -1 : cosine
  }
}

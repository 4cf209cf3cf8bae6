import Foundation

/// Contribution of one token to the metrics of a block, which is kept instead of its row.
///
/// Kept for every token until the text's last block, because the sinks are known only then.
struct TokenValues: Equatable {
  /// `ΣΔ` and `Σ(Δ - mean)²` over the row.
  let delta, deltaM2: Double
  /// `Σ|Δ|`, `Σ|A|`, `Σ|M|`.
  let absDeltaSum, absAttentionSum, absMLPSum: Double
  let relativeNorm, attentionRelativeNorm, mlpRelativeNorm: Double
  /// `1 - cos(X, Y)` and `arccos(cos(X, Y)) / π`.
  let influence, angle: Double
  /// `max |Y|`.
  let maximum: Double

  init(_ row: RowMoments) {
    delta = row.delta
    deltaM2 = row.deltaM2
    absDeltaSum = row.absDeltaSum
    absAttentionSum = row.absAttentionSum
    absMLPSum = row.absMLPSum
    relativeNorm = row.relativeNorm
    attentionRelativeNorm = row.attentionRelativeNorm
    mlpRelativeNorm = row.mlpRelativeNorm
    let cosine = row.cosine
    influence = 1 - cosine
    angle = acos(cosine) / .pi
    maximum = row.maximum
  }
}

import Foundation

/// What one token of a text contributes to the metrics of a block: all that is left of its row once it has been read.
///
/// Kept for every token until the text's last block, because only then is known which tokens are sinks.
struct TokenValues: Equatable {
  /// `ΣΔ` and `Σ(Δ - mean)²` over the row.
  let delta, deltaScatter: Double
  /// `Σ|Δ|`, `Σ|A|`, `Σ|M|`.
  let deltaMagnitude, attentionMagnitude, mlpMagnitude: Double
  let relativeNorm, attentionRelativeNorm, mlpRelativeNorm: Double
  /// `1 - cos(X, Y)` and `arccos(cos(X, Y)) / π`.
  let influence, angle: Double
  /// `max |Y|`.
  let maximum: Double

  init(_ row: RowMoments) {
    delta = row.delta
    deltaScatter = row.deltaScatter
    deltaMagnitude = row.deltaMagnitude
    attentionMagnitude = row.attentionMagnitude
    mlpMagnitude = row.mlpMagnitude
    relativeNorm = row.relativeNorm
    attentionRelativeNorm = row.attentionRelativeNorm
    mlpRelativeNorm = row.mlpRelativeNorm
    let cosine = row.cosine
    influence = 1 - cosine
    angle = acos(cosine) / .pi
    maximum = row.maximum
  }
}

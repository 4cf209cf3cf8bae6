import Foundation

/// Gathers the rows of one text at one block and turns them into metrics.
struct BlockSums {
  /// Rows added so far, `T`.
  private(set) var rows = 0
  private var elements = 0.0
  private var delta = 0.0
  /// The mean of all Δ so far and `Σ(Δ - mean)²`, merged row by row.
  private var deltaMean = 0.0
  private var deltaScatter = 0.0
  private var deltaMagnitude = 0.0
  private var attentionMagnitude = 0.0
  private var mlpMagnitude = 0.0
  private var relativeNorm = 0.0
  private var attentionRelativeNorm = 0.0
  private var mlpRelativeNorm = 0.0
  private var influence = 0.0
  private var angle = 0.0
  private var maximum = 0.0

  mutating func add(_ row: RowMoments) {
    let count = Double(row.count)
    // Chan, Golub & LeVeque (1979): two groups' scatters add up with the distance of their means.
    let distance = row.delta / count - deltaMean
    let total = elements + count
    deltaScatter += row.deltaScatter + distance * distance * (elements * count / total)
    deltaMean += distance * (count / total)
    elements = total
    rows += 1

    delta += row.delta
    deltaMagnitude += row.deltaMagnitude
    attentionMagnitude += row.attentionMagnitude
    mlpMagnitude += row.mlpMagnitude
    relativeNorm += row.relativeNorm
    attentionRelativeNorm += row.attentionRelativeNorm
    mlpRelativeNorm += row.mlpRelativeNorm
    let cosine = row.cosine
    influence += 1 - cosine
    angle += acos(cosine) / .pi
    if row.maximum > maximum { maximum = row.maximum }
  }

  /// The values of the rows so far, of which there must be at least one.
  var metrics: BlockMetrics {
    let tokens = Double(rows)
    return BlockMetrics(
      mean: delta / elements, absMean: deltaMagnitude / elements,
      standardDeviation: (deltaScatter / elements).squareRoot(), relativeNorm: relativeNorm / tokens,
      blockInfluence: influence / tokens, angularDistance: angle / tokens,
      attentionAbsMean: attentionMagnitude / elements, mlpAbsMean: mlpMagnitude / elements,
      attentionRelativeNorm: attentionRelativeNorm / tokens, mlpRelativeNorm: mlpRelativeNorm / tokens,
      residualMaxAbs: maximum)
  }
}

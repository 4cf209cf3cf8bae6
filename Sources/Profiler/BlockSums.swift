/// Accumulates the rows of one text at one block and computes their metrics.
struct BlockSums {
  /// Number of rows so far, `T`.
  private(set) var rows = 0
  private var elements = 0.0
  private var delta = 0.0
  /// Mean of all Δ so far and `Σ(Δ - mean)²`, merged row by row.
  private var deltaMean = 0.0
  private var deltaM2 = 0.0
  private var absDeltaSum = 0.0
  private var absAttentionSum = 0.0
  private var absMLPSum = 0.0
  private var relativeNorm = 0.0
  private var attentionRelativeNorm = 0.0
  private var mlpRelativeNorm = 0.0
  private var influence = 0.0
  private var angle = 0.0
  private var maximum = 0.0

  /// Elements of a row, `D`.
  private let width: Double

  init(width: Int) { self.width = Double(width) }

  mutating func add(_ token: TokenValues) {
    // Chan, Golub & LeVeque (1979): the scatter of two groups is the sum of their scatters and a term for the distance
    // of their means.
    let distance = token.delta / width - deltaMean
    let total = elements + width
    deltaM2 += token.deltaM2 + distance * distance * (elements * width / total)
    deltaMean += distance * (width / total)
    elements = total
    rows += 1

    delta += token.delta
    absDeltaSum += token.absDeltaSum
    absAttentionSum += token.absAttentionSum
    absMLPSum += token.absMLPSum
    relativeNorm += token.relativeNorm
    attentionRelativeNorm += token.attentionRelativeNorm
    mlpRelativeNorm += token.mlpRelativeNorm
    influence += token.influence
    angle += token.angle
    if token.maximum > maximum { maximum = token.maximum }
  }

  /// Metrics of the rows so far, of which there must be at least one.
  var metrics: BlockMetrics {
    let tokens = Double(rows)
    return BlockMetrics(
      mean: delta / elements, absMean: absDeltaSum / elements,
      standardDeviation: (deltaM2 / elements).squareRoot(), relativeNorm: relativeNorm / tokens,
      blockInfluence: influence / tokens, angularDistance: angle / tokens,
      attentionAbsMean: absAttentionSum / elements, mlpAbsMean: absMLPSum / elements,
      attentionRelativeNorm: attentionRelativeNorm / tokens, mlpRelativeNorm: mlpRelativeNorm / tokens,
      residualMaxAbs: maximum)
  }
}

import LlamaCore

/// Computation of a metric.
enum MetricMeasure: Sendable {
  /// Number of one token, from the sums over its row.
  typealias TokenNumber = @Sendable (RowMoments) -> Double

  /// Numbers of every token, and their reduction to the value of some tokens.
  case tokens(TokenReduction, [TokenNumber])
  /// Number of the singular values of Δ.
  case spectrum(@Sendable (BlockSpectrum) -> Double)
  /// Mean negative log-likelihood of the text.
  case likelihood

  /// Mean over tokens, `Σ_t n / T`.
  static func tokenMean(_ number: @escaping TokenNumber) -> Self { .tokens(.tokenMean, [number]) }

  /// Mean over elements of a row's sum, `Σ_t n / (T·D)`.
  static func elementMean(_ sum: @escaping TokenNumber) -> Self { .tokens(.elementMean, [sum]) }

  /// Maximum over tokens of a number that is not negative.
  static func maximum(_ number: @escaping TokenNumber) -> Self { .tokens(.maximum, [number]) }

  /// Population standard deviation over elements, of a row's sum and its `Σ(element - mean)²`.
  static func deviation(sum: @escaping TokenNumber, m2: @escaping TokenNumber) -> Self {
    .tokens(.deviation, [sum, m2])
  }

  /// Sites of a block that the computation reads.
  var sites: LayerSites {
    switch self {
    case .tokens: .all
    case .spectrum: [.residualBefore, .residualAfter]
    case .likelihood: []
    }
  }
}

/// Reduction of the numbers of tokens to one value.
enum TokenReduction: Sendable {
  case tokenMean, elementMean, maximum, deviation
}

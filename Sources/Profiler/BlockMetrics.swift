/// One text at one block in one scope: a value for each ``Metric``.
///
/// A value is `nan` or infinite where it is not defined: a token whose `X_t` is all zeros has no cosine and no relative
/// norm. Such a row is reported and kept out of a domain's statistics, see ``isFinite``.
public struct BlockMetrics: Equatable, Sendable {
  public var mean: Double
  public var absMean: Double
  public var standardDeviation: Double
  public var relativeNorm: Double
  public var blockInfluence: Double
  public var angularDistance: Double
  public var attentionAbsMean: Double
  public var mlpAbsMean: Double
  public var attentionRelativeNorm: Double
  public var mlpRelativeNorm: Double
  public var residualMaxAbs: Double

  /// A row whose every value is `value(metric)`.
  public init(_ value: (Metric) -> Double) {
    mean = value(.mean)
    absMean = value(.absMean)
    standardDeviation = value(.standardDeviation)
    relativeNorm = value(.relativeNorm)
    blockInfluence = value(.blockInfluence)
    angularDistance = value(.angularDistance)
    attentionAbsMean = value(.attentionAbsMean)
    mlpAbsMean = value(.mlpAbsMean)
    attentionRelativeNorm = value(.attentionRelativeNorm)
    mlpRelativeNorm = value(.mlpRelativeNorm)
    residualMaxAbs = value(.residualMaxAbs)
  }

  /// The row of a block that no number can be given for, because the model's values there are not finite.
  public static let undefined = BlockMetrics { _ in .nan }

  public subscript(metric: Metric) -> Double {
    switch metric {
    case .mean: mean
    case .absMean: absMean
    case .standardDeviation: standardDeviation
    case .relativeNorm: relativeNorm
    case .blockInfluence: blockInfluence
    case .angularDistance: angularDistance
    case .attentionAbsMean: attentionAbsMean
    case .mlpAbsMean: mlpAbsMean
    case .attentionRelativeNorm: attentionRelativeNorm
    case .mlpRelativeNorm: mlpRelativeNorm
    case .residualMaxAbs: residualMaxAbs
    }
  }

  /// Whether every value is a finite number. Only such rows enter a domain's statistics.
  public var isFinite: Bool { Metric.allCases.allSatisfy { self[$0].isFinite } }
}

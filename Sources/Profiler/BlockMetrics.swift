/// Metrics of one text at one block in one scope: a value for each ``Metric`` of the run, except those of whole texts.
///
/// A value is `nan` or infinite if it is not defined: a token whose `X_t` is all zeros has no cosine and no relative
/// norm. Such a row is reported and excluded from a domain's statistics, see ``isFinite``.
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
  /// The metrics of ``Metric/spectral``; nil in a run that does not measure them, and in the scope without sinks.
  public var spectrum: BlockSpectrum?

  /// The value of a metric; `nan` if it was not measured, and for a value of the text (``Metric/isOfText``). Setting
  /// such a value, or one of a spectrum that is nil, has no effect.
  public subscript(metric: Metric) -> Double {
    get {
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
      case .nll: .nan
      case .effectiveRank: spectrum?.effectiveRank ?? .nan
      case .stableRank: spectrum?.stableRank ?? .nan
      case .topDirectionShare: spectrum?.topDirectionShare ?? .nan
      }
    }
    set {
      switch metric {
      case .mean: mean = newValue
      case .absMean: absMean = newValue
      case .standardDeviation: standardDeviation = newValue
      case .relativeNorm: relativeNorm = newValue
      case .blockInfluence: blockInfluence = newValue
      case .angularDistance: angularDistance = newValue
      case .attentionAbsMean: attentionAbsMean = newValue
      case .mlpAbsMean: mlpAbsMean = newValue
      case .attentionRelativeNorm: attentionRelativeNorm = newValue
      case .mlpRelativeNorm: mlpRelativeNorm = newValue
      case .residualMaxAbs: residualMaxAbs = newValue
      case .nll: break
      case .effectiveRank: spectrum?.effectiveRank = newValue
      case .stableRank: spectrum?.stableRank = newValue
      case .topDirectionShare: spectrum?.topDirectionShare = newValue
      }
    }
  }

  /// True if all metrics of ``Metric/standard`` are finite. Only such rows enter a domain's statistics. Values of other
  /// metrics must also be finite themselves, so that measuring them changes nothing about the standard ones.
  public var isFinite: Bool { Metric.standard.allSatisfy { self[$0].isFinite } }
}

extension BlockMetrics {
  /// Creates a row without a spectrum in which every other value is `value(metric)`.
  public init(_ value: (Metric) -> Double) {
    self.init(
      mean: value(.mean), absMean: value(.absMean), standardDeviation: value(.standardDeviation),
      relativeNorm: value(.relativeNorm), blockInfluence: value(.blockInfluence),
      angularDistance: value(.angularDistance), attentionAbsMean: value(.attentionAbsMean),
      mlpAbsMean: value(.mlpAbsMean), attentionRelativeNorm: value(.attentionRelativeNorm),
      mlpRelativeNorm: value(.mlpRelativeNorm), residualMaxAbs: value(.residualMaxAbs))
  }

  /// The row of a block for which no metric is defined, because the model's values there are not finite.
  public static let undefined = BlockMetrics { _ in .nan }
}

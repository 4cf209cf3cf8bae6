/// One text at one block in one scope: a value for each ``Metric`` of the run that is one of blocks.
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
  /// The metrics of ``Metric/spectral``; nil in a run that does not measure them, and without sinks.
  public var spectrum: BlockSpectrum?

  /// The value of a metric; `nan` where it was not measured, and for a value of the text (``Metric/isOfText``). Setting
  /// that, or one of a spectrum that is nil, does nothing.
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

  /// Whether the value of every metric of ``Metric/standard`` is a finite number. Only such rows enter a domain's
  /// statistics; what is measured besides does where it is finite too, so measuring it changes nothing about the other metrics.
  public var isFinite: Bool { Metric.standard.allSatisfy { self[$0].isFinite } }
}

extension BlockMetrics {
  /// A row without a spectrum whose every other value is `value(metric)`.
  public init(_ value: (Metric) -> Double) {
    self.init(
      mean: value(.mean), absMean: value(.absMean), standardDeviation: value(.standardDeviation),
      relativeNorm: value(.relativeNorm), blockInfluence: value(.blockInfluence),
      angularDistance: value(.angularDistance), attentionAbsMean: value(.attentionAbsMean),
      mlpAbsMean: value(.mlpAbsMean), attentionRelativeNorm: value(.attentionRelativeNorm),
      mlpRelativeNorm: value(.mlpRelativeNorm), residualMaxAbs: value(.residualMaxAbs))
  }

  /// The row of a block that no number can be given for, because the model's values there are not finite.
  public static let undefined = BlockMetrics { _ in .nan }
}

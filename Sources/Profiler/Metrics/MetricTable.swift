extension MetricDefinition {
  /// Every metric, in the order of the columns: those of every run, then those measured on request.
  static let all: [MetricDefinition] = [
    .mean,
    .absMean,
    .standardDeviation,
    .relativeNorm,
    .blockInfluence,
    .angularDistance,
    .attentionAbsMean,
    .mlpAbsMean,
    .attentionRelativeNorm,
    .mlpRelativeNorm,
    .residualMaxAbs,
    .cosine,
    .attentionCosine,
    .mlpCosine,
    .attentionInfluence,
    .mlpInfluence,
    .residualNorm,
    .nll,
    .effectiveRank,
    .stableRank,
    .topDirectionShare,
  ]
}

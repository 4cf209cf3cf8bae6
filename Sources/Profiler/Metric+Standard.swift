extension Metric {
  /// The metrics of every run, in the order of the columns.
  public static let standard: [Metric] = [
    .mean, .absMean, .standardDeviation, .relativeNorm, .blockInfluence, .angularDistance, .attentionAbsMean,
    .mlpAbsMean, .attentionRelativeNorm, .mlpRelativeNorm, .residualMaxAbs,
  ]
}

extension Metric {
  /// The mean over tokens of `1 - cos(X_t, Y_t)` (Men et al. 2024, ShortGPT).
  public static let blockInfluence = Metric(.blockInfluence)
}

extension MetricDefinition {
  static let blockInfluence = MetricDefinition(
    "block_influence",
    label: "block influence",
    axis: "1 − cos(X, Y), no unit",
    formula: "mean over tokens of 1 − cos(Xₜ, Yₜ)",
    meaning: "How far a block turns the stream (Men et al. 2024, ShortGPT). 0: it keeps its direction.",
    ranksBlocks: true,
    measure: .tokenMean { 1 - $0.streamCosine })
}

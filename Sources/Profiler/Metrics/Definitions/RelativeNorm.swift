extension Metric {
  /// The mean over tokens of `‖Δ_t‖ / ‖X_t‖`.
  public static let relativeNorm = Metric(.relativeNorm)
}

extension MetricDefinition {
  static let relativeNorm = MetricDefinition(
    "relative_norm",
    label: "relative size of the change",
    axis: "‖Δ‖ / ‖X‖, ratio",
    formula: "mean over tokens of ‖Δₜ‖ / ‖Xₜ‖",
    meaning: "The size of a block's contribution against the stream it is added to.",
    ranksBlocks: true,
    measure: .tokenMean { $0.relativeNorm })
}

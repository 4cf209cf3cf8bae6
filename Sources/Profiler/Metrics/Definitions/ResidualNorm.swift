extension Metric {
  /// The mean over tokens of `‖Y_t‖`.
  public static let residualNorm = Metric(.residualNorm)
}

extension MetricDefinition {
  static let residualNorm = MetricDefinition(
    "residual_norm",
    label: "norm of the residual stream",
    axis: "‖Y‖, activation units",
    formula: "mean over tokens of ‖Yₜ‖",
    meaning: "The length of the stream behind the block.",
    measure: .tokenMean { $0.afterNorm })
}

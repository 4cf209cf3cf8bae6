extension Metric {
  /// `Σ|M| / (T·D)`.
  public static let mlpAbsMean = Metric(.mlpAbsMean)
}

extension MetricDefinition {
  static let mlpAbsMean = MetricDefinition(
    "mlp_abs_mean",
    label: "MLP, mean absolute output",
    axis: "mean |M|, activation units",
    formula: "Σ|M| / (T·D)",
    meaning: "What the MLP adds.",
    measure: .elementMean { $0.absMLPSum })
}

extension Metric {
  /// `Σ|Δ| / (T·D)`.
  public static let absMean = Metric(.absMean)
}

extension MetricDefinition {
  static let absMean = MetricDefinition(
    "abs_mean",
    label: "mean absolute change",
    axis: "mean |Δ|, activation units",
    formula: "Σ|Δ| / (T·D)",
    meaning: "How much a block changes a number of the stream, whatever the direction.",
    measure: .elementMean { $0.absDeltaSum })
}

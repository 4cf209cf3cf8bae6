extension Metric {
  /// `Σ|A| / (T·D)`.
  public static let attentionAbsMean = Metric(.attentionAbsMean)
}

extension MetricDefinition {
  static let attentionAbsMean = MetricDefinition(
    "attention_abs_mean",
    label: "attention, mean absolute output",
    axis: "mean |A|, activation units",
    formula: "Σ|A| / (T·D)",
    meaning: "What attention adds.",
    measure: .elementMean { $0.absAttentionSum })
}

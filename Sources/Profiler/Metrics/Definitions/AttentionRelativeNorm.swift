extension Metric {
  /// The mean over tokens of `‖A_t‖ / ‖X_t‖`.
  public static let attentionRelativeNorm = Metric(.attentionRelativeNorm)
}

extension MetricDefinition {
  static let attentionRelativeNorm = MetricDefinition(
    "attention_relative_norm",
    label: "attention, relative size",
    axis: "‖A‖ / ‖X‖, ratio",
    formula: "mean over tokens of ‖Aₜ‖ / ‖Xₜ‖",
    meaning: "Attention's output against the stream it is added to.",
    measure: .tokenMean { $0.attentionRelativeNorm })
}

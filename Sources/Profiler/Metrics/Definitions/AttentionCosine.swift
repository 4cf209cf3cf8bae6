extension Metric {
  /// The mean over tokens of `cos(A_t, X_t)`, 0 where `A_t` is zero.
  public static let attentionCosine = Metric(.attentionCosine)
}

extension MetricDefinition {
  static let attentionCosine = MetricDefinition(
    "attention_cosine",
    label: "attention, cosine",
    axis: "cos(A, X), no unit",
    formula: "mean over tokens of cos(Aₜ, Xₜ)",
    meaning: "Whether attention strengthens the stream (above 0) or erases part of it (below 0).",
    isSigned: true,
    measure: .tokenMean { $0.attentionCosine })
}

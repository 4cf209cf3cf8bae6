extension Metric {
  /// The mean over tokens of `1 - cos(X_t, X_t + A_t)`, 0 where `A_t` is zero.
  public static let attentionInfluence = Metric(.attentionInfluence)
}

extension MetricDefinition {
  static let attentionInfluence = MetricDefinition(
    "attention_influence",
    label: "attention, influence",
    axis: "1 − cos(X, X + A), no unit",
    formula: "mean over tokens of 1 − cos(Xₜ, Xₜ + Aₜ)",
    meaning: "How far attention turns the stream. 0: it keeps its direction.",
    measure: .tokenMean { $0.attentionInfluence })
}

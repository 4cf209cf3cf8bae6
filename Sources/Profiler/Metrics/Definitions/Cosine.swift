extension Metric {
  /// The mean over tokens of `cos(Δ_t, X_t)`, 0 where `Δ_t` is zero.
  public static let cosine = Metric(.cosine)
}

extension MetricDefinition {
  static let cosine = MetricDefinition(
    "cosine",
    label: "cosine of the change",
    axis: "cos(Δ, X), no unit",
    formula: "mean over tokens of cos(Δₜ, Xₜ)",
    meaning: "Whether a block strengthens the stream (above 0) or erases part of it (below 0).",
    isSigned: true,
    measure: .tokenMean { $0.deltaCosine })
}

extension Metric {
  /// The mean over tokens of `cos(M_t, X_t + A_t)`, 0 where `M_t` is zero.
  public static let mlpCosine = Metric(.mlpCosine)
}

extension MetricDefinition {
  static let mlpCosine = MetricDefinition(
    "mlp_cosine",
    label: "MLP, cosine",
    axis: "cos(M, X + A), no unit",
    formula: "mean over tokens of cos(Mₜ, Xₜ + Aₜ)",
    meaning: "Whether the MLP strengthens the stream it reads (above 0) or erases part of it (below 0).",
    isSigned: true,
    measure: .tokenMean { $0.mlpCosine })
}

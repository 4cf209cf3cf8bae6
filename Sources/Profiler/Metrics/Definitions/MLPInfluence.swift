extension Metric {
  /// The mean over tokens of `1 - cos(X_t + A_t, Y_t)`, 0 where `M_t` is zero.
  public static let mlpInfluence = Metric(.mlpInfluence)
}

extension MetricDefinition {
  static let mlpInfluence = MetricDefinition(
    "mlp_influence",
    label: "MLP, influence",
    axis: "1 − cos(X + A, Y), no unit",
    formula: "mean over tokens of 1 − cos(Xₜ + Aₜ, Yₜ)",
    meaning: "How far the MLP turns the stream. 0: it keeps its direction.",
    measure: .tokenMean { $0.mlpInfluence })
}

extension Metric {
  /// The mean over tokens of `‖M_t‖ / ‖X_t + A_t‖`.
  public static let mlpRelativeNorm = Metric(.mlpRelativeNorm)
}

extension MetricDefinition {
  static let mlpRelativeNorm = MetricDefinition(
    "mlp_relative_norm",
    label: "MLP, relative size",
    axis: "‖M‖ / ‖X + A‖, ratio",
    formula: "mean over tokens of ‖Mₜ‖ / ‖Xₜ + Aₜ‖",
    meaning: "The MLP's output against the stream it is added to.",
    measure: .tokenMean { $0.mlpRelativeNorm })
}

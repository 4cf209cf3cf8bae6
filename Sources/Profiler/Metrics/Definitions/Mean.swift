extension Metric {
  /// `ΣΔ / (T·D)`.
  public static let mean = Metric(.mean)
}

extension MetricDefinition {
  static let mean = MetricDefinition(
    "mean",
    label: "mean change",
    axis: "mean Δ, activation units",
    formula: "ΣΔ / (T·D)",
    meaning: "Whether a block pushes the stream's numbers up or down on the whole: changes of both signs cancel.",
    isSigned: true,
    measure: .elementMean { $0.delta })
}

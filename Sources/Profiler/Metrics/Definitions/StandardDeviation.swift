extension Metric {
  /// The population standard deviation of Δ's `T·D` elements.
  public static let standardDeviation = Metric(.standardDeviation)
}

extension MetricDefinition {
  static let standardDeviation = MetricDefinition(
    "std",
    label: "spread of the change",
    axis: "standard deviation of Δ in a text, activation units",
    formula: "√(ΣΔ² / (T·D) − mean²)",
    meaning: "How unequal the change is over a text's tokens and dimensions.",
    measure: .deviation(sum: { $0.delta }, m2: { $0.deltaM2 }))
}

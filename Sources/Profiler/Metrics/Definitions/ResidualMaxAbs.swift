extension Metric {
  /// `max |Y|`: massive activations show here.
  public static let residualMaxAbs = Metric(.residualMaxAbs)
}

extension MetricDefinition {
  static let residualMaxAbs = MetricDefinition(
    "residual_max_abs",
    label: "largest residual",
    axis: "max |Y|, activation units",
    formula: "max |Y|",
    meaning: "The largest number of the stream behind the block: massive activations show here.",
    measure: .maximum { $0.maximum })
}

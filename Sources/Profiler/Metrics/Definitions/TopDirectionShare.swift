extension Metric {
  /// `σ_1² / Σσ²`.
  public static let topDirectionShare = Metric(.topDirectionShare)
}

extension MetricDefinition {
  static let topDirectionShare = MetricDefinition(
    "top_direction_share", in: .spectrum,
    label: "share of the first direction",
    axis: "σ₁² / Σσ², share",
    formula: "σ₁² / Σσ²",
    meaning: "How much of a block's change goes in one direction. 1: all of it.",
    measure: .spectrum { $0.topDirectionShare })
}

extension Metric {
  /// `Σσ² / σ_1²`.
  public static let stableRank = Metric(.stableRank)
}

extension MetricDefinition {
  static let stableRank = MetricDefinition(
    "stable_rank", in: .spectrum,
    label: "stable rank",
    axis: "stable rank of Δ, directions",
    formula: "Σσ² / σ₁²",
    meaning: "The same with more weight on the strongest direction.",
    measure: .spectrum { $0.stableRank })
}

extension Metric {
  /// `exp(-Σ p_i ln p_i)` with `p_i = σ_i / Σσ` (Roy & Vetterli 2007).
  public static let effectiveRank = Metric(.effectiveRank)
}

extension MetricDefinition {
  static let effectiveRank = MetricDefinition(
    "effective_rank", in: .spectrum,
    label: "effective rank",
    axis: "effective rank of Δ, directions",
    formula: "exp(−Σ p ln p), p = σ / Σσ",
    meaning: "How many directions a text's changes fill, of the singular values σ of Δ (Roy & Vetterli 2007).",
    measure: .spectrum { $0.effectiveRank })
}

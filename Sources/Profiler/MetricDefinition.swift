/// The definition of a metric in words: the one table that pages and documents are made of.
public struct MetricDefinition: Sendable {
  /// A few words, the first not capitalized.
  public let label: String
  /// Axis title: the quantity and its unit.
  public let axis: String
  public let formula: String
  /// Interpretation, in one sentence.
  public let meaning: String

  fileprivate init(_ label: String, _ axis: String, _ formula: String, _ meaning: String) {
    (self.label, self.axis, self.formula, self.meaning) = (label, axis, formula, meaning)
  }
}

extension Metric {
  /// The metric in words.
  public var definition: MetricDefinition {
    switch self {
    case .mean:
      MetricDefinition(
        "mean change", "mean Δ, activation units", "ΣΔ / (T·D)",
        "Whether a block pushes the stream's numbers up or down on the whole: changes of both signs cancel.")
    case .absMean:
      MetricDefinition(
        "mean absolute change", "mean |Δ|, activation units", "Σ|Δ| / (T·D)",
        "How much a block changes a number of the stream, whatever the direction.")
    case .standardDeviation:
      MetricDefinition(
        "spread of the change", "standard deviation of Δ in a text, activation units",
        "√(ΣΔ² / (T·D) − mean²)", "How unequal the change is over a text's tokens and dimensions.")
    case .relativeNorm:
      MetricDefinition(
        "relative size of the change", "‖Δ‖ / ‖X‖, ratio", "mean over tokens of ‖Δₜ‖ / ‖Xₜ‖",
        "The size of a block's contribution against the stream it is added to.")
    case .blockInfluence:
      MetricDefinition(
        "block influence", "1 − cos(X, Y), no unit", "mean over tokens of 1 − cos(Xₜ, Yₜ)",
        "How far a block turns the stream (Men et al. 2024, ShortGPT). 0: it keeps its direction.")
    case .angularDistance:
      MetricDefinition(
        "angular distance", "angle between X and Y, half turns", "mean over tokens of arccos(cos(Xₜ, Yₜ)) / π",
        "The same turn as an angle: 0.5 is a right angle (Gromov et al. 2024, who take the last token only).")
    case .attentionAbsMean:
      MetricDefinition(
        "attention, mean absolute output", "mean |A|, activation units", "Σ|A| / (T·D)", "What attention adds.")
    case .mlpAbsMean:
      MetricDefinition(
        "MLP, mean absolute output", "mean |M|, activation units", "Σ|M| / (T·D)", "What the MLP adds.")
    case .attentionRelativeNorm:
      MetricDefinition(
        "attention, relative size", "‖A‖ / ‖X‖, ratio", "mean over tokens of ‖Aₜ‖ / ‖Xₜ‖",
        "Attention's output against the stream it is added to.")
    case .mlpRelativeNorm:
      MetricDefinition(
        "MLP, relative size", "‖M‖ / ‖X + A‖, ratio", "mean over tokens of ‖Mₜ‖ / ‖Xₜ + Aₜ‖",
        "The MLP's output against the stream it is added to.")
    case .residualMaxAbs:
      MetricDefinition(
        "largest residual", "max |Y|, activation units", "max |Y|",
        "The largest number of the stream behind the block: massive activations show here.")
    case .nll:
      MetricDefinition(
        "negative log-likelihood", "mean −ln p of a token, nats",
        "mean over tokens of −ln p(tokenₜ | tokens before it)",
        "How badly the model predicts the text: one number for a text, whatever the block and the scope.")
    case .effectiveRank:
      MetricDefinition(
        "effective rank", "effective rank of Δ, directions", "exp(−Σ p ln p), p = σ / Σσ",
        "How many directions a text's changes fill, of the singular values σ of Δ (Roy & Vetterli 2007).")
    case .stableRank:
      MetricDefinition(
        "stable rank", "stable rank of Δ, directions", "Σσ² / σ₁²",
        "The same with more weight on the strongest direction.")
    case .topDirectionShare:
      MetricDefinition(
        "share of the first direction", "σ₁² / Σσ², share", "σ₁² / Σσ²",
        "How much of a block's change goes in one direction. 1: all of it.")
    }
  }
}

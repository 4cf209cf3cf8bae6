import Profiler

/// Name, axis title and explanation of a metric in the report.
struct MetricDescription {
  /// Label of a few words, in lower case.
  let label: String
  /// Axis title: the quantity and its unit.
  let axis: String
  let formula: String
  /// Meaning of the metric, in a sentence.
  let meaning: String

  init(_ metric: Metric) {
    self = Self.known[metric.rawValue] ?? MetricDescription(metric.rawValue, metric.rawValue, "", "")
  }

  private init(_ label: String, _ axis: String, _ formula: String, _ meaning: String) {
    self.label = label
    self.axis = axis
    self.formula = formula
    self.meaning = meaning
  }

  private static let known: [String: MetricDescription] = [
    "mean": MetricDescription(
      "mean change", "mean Δ, activation units", "ΣΔ / (T·D)",
      "Whether a block pushes the stream's numbers up or down on the whole: changes of both signs cancel."),
    "abs_mean": MetricDescription(
      "mean absolute change", "mean |Δ|, activation units", "Σ|Δ| / (T·D)",
      "How much a block changes a number of the stream, whatever the direction."),
    "std": MetricDescription(
      "spread of the change", "standard deviation of Δ in a text, activation units",
      "√(ΣΔ² / (T·D) − mean²)", "How unequal the change is over a text's tokens and dimensions."),
    "relative_norm": MetricDescription(
      "relative size of the change", "‖Δ‖ / ‖X‖, ratio", "mean over tokens of ‖Δₜ‖ / ‖Xₜ‖",
      "The size of a block's contribution against the stream it is added to."),
    "block_influence": MetricDescription(
      "block influence", "1 − cos(X, Y), no unit", "mean over tokens of 1 − cos(Xₜ, Yₜ)",
      "How far a block turns the stream (Men et al. 2024, ShortGPT). 0: it keeps its direction."),
    "angular_distance": MetricDescription(
      "angular distance", "angle between X and Y, half turns", "mean over tokens of arccos(cos(Xₜ, Yₜ)) / π",
      "The same turn as an angle: 0.5 is a right angle (Gromov et al. 2024, who take the last token only)."),
    "attention_abs_mean": MetricDescription(
      "attention, mean absolute output", "mean |A|, activation units", "Σ|A| / (T·D)", "What attention adds."),
    "mlp_abs_mean": MetricDescription(
      "MLP, mean absolute output", "mean |M|, activation units", "Σ|M| / (T·D)", "What the MLP adds."),
    "attention_relative_norm": MetricDescription(
      "attention, relative size", "‖A‖ / ‖X‖, ratio", "mean over tokens of ‖Aₜ‖ / ‖Xₜ‖",
      "Attention's output against the stream it is added to."),
    "mlp_relative_norm": MetricDescription(
      "MLP, relative size", "‖M‖ / ‖X + A‖, ratio", "mean over tokens of ‖Mₜ‖ / ‖Xₜ + Aₜ‖",
      "The MLP's output against the stream it is added to."),
    "residual_max_abs": MetricDescription(
      "largest residual", "max |Y|, activation units", "max |Y|",
      "The largest number of the stream behind the block: massive activations show here."),
    "nll": MetricDescription(
      "negative log-likelihood", "mean −ln p of a token, nats", "mean over tokens of −ln p(tokenₜ | tokens before it)",
      "How badly the model predicts the text: one number for a text, whatever the block and the scope."),
    "effective_rank": MetricDescription(
      "effective rank", "effective rank of Δ, directions", "exp(−Σ p ln p), p = σ / Σσ",
      "How many directions a text's changes fill, of the singular values σ of Δ (Roy & Vetterli 2007)."),
    "stable_rank": MetricDescription(
      "stable rank", "stable rank of Δ, directions", "Σσ² / σ₁²",
      "The same with more weight on the strongest direction."),
    "top_direction_share": MetricDescription(
      "share of the first direction", "σ₁² / Σσ², share", "σ₁² / Σσ²",
      "How much of a block's change goes in one direction. 1: all of it."),
  ]
}

extension Scope {
  /// Phrase for use after a comma.
  var phrase: String {
    switch self {
    case .all: "all tokens"
    case .withoutFirstToken: "without the first token"
    case .withoutSinks: "without sinks"
    }
  }
}

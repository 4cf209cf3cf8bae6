extension Metric {
  /// The mean of `-ln p(token | tokens before it)` over all tokens except the first, in nats: a value of the text, see
  /// ``isOfText``. Not defined for a text of one token.
  public static let nll = Metric(.nll)
}

extension MetricDefinition {
  static let nll = MetricDefinition(
    "nll", in: .likelihood,
    label: "negative log-likelihood",
    axis: "mean −ln p of a token, nats",
    formula: "mean over tokens of −ln p(tokenₜ | tokens before it)",
    meaning: "How badly the model predicts the text: one number for a text, whatever the block and the scope.",
    measure: .likelihood)
}

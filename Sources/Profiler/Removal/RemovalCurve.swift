public import LlamaCore

/// Damage that grows while units are removed one after the other by a rule, in a domain: rows of `removal.csv`.
public struct RemovalCurve: Sendable, Equatable {
  /// Texts that a curve is measured on. The raw value is the name in files.
  public enum Split: String, Sendable, CaseIterable {
    /// Texts by which a rule chose.
    case chosen
    /// All others.
    case heldOut = "held_out"
  }

  /// The model without the units of this and all earlier steps.
  public struct Step: Sendable, Equatable {
    /// Number of units removed.
    public let step: Int
    /// Unit that this step removes; nil for the unchanged model, and for a mean over orders.
    public let unit: BlockUnit?
    /// Number of texts that count.
    public let texts: Int
    /// Negative log-likelihood in nats a token, a mean over texts; nil without a text.
    public let nll: Double?
    /// Rise of ``nll`` above that of the unchanged model; nil without a text.
    public let deltaNLL: Double?
    /// The 95 % interval of ``deltaNLL`` by bootstrap over texts; of random orders the band from 5 to 95 % of them. Nil for the
    /// unchanged model and for fewer than two texts.
    public let interval: ClosedRange<Double>?
    /// `exp` of the negative log-likelihood, a mean over all tokens; of random orders `exp` of the orders' mean. Nil without a
    /// text.
    public let perplexity: Double?

    package init(
      step: Int, unit: BlockUnit?, texts: Int, nll: Double?, deltaNLL: Double?, interval: ClosedRange<Double>?,
      perplexity: Double?
    ) {
      (self.step, self.unit, self.texts, self.nll) = (step, unit, texts, nll)
      (self.deltaNLL, self.interval, self.perplexity) = (deltaNLL, interval, perplexity)
    }
  }

  /// Name of the rule in files: `greedy`, `one_shot`, `last`, `random`, or that of a metric.
  public let rule: String
  public let domain: String
  public let split: Split
  /// The steps from 0, which is the unchanged model. Fewer than asked for where nothing was left to remove.
  public let steps: [Step]

  package init(rule: String, domain: String, split: Split, steps: [Step]) {
    (self.rule, self.domain, self.split, self.steps) = (rule, domain, split, steps)
  }
}

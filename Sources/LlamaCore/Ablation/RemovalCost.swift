/// What a removal costs on one text: the changed model's next-token distribution `q` against `p` of the unchanged one.
public struct RemovalCost: Sendable, Equatable {
  /// Effect on a later block: `‖D - D~‖ / max(‖D‖, 1e-6)` over positions, `D = A + M` (Csordás et al. 2025).
  public struct Effect: Sendable, Equatable {
    public let mean: Double
    public let maximum: Double

    package init(mean: Double, maximum: Double) { (self.mean, self.maximum) = (mean, maximum) }
  }

  /// Negative log-likelihood of the changed model, a mean over tokens, in nats; nil for a text of one token.
  public let nll: Double?
  /// Mean over all positions of `Σ p ln(p/q)`, in nats.
  public let kl: Double
  /// Share of positions at which both models have the same most likely token.
  public let top1: Double
  /// Mean and maximum over positions of `‖p - q‖`.
  public let outputChangeMean, outputChangeMax: Double
  /// For each block the effect on it, nil up to the block where the removal begins, of a span up to its last block; empty if
  /// effects were not asked for.
  public let effects: [Effect?]

  package init(
    nll: Double?, kl: Double, top1: Double, outputChangeMean: Double, outputChangeMax: Double, effects: [Effect?]
  ) {
    (self.nll, self.kl, self.top1) = (nll, kl, top1)
    (self.outputChangeMean, self.outputChangeMax, self.effects) = (outputChangeMean, outputChangeMax, effects)
  }
}

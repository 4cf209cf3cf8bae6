/// A metric of one text at one block. The raw value is the column name in every file of a run; the order of the cases
/// is the order of the columns. A run has the ``standard`` metrics, and the ``likelihood`` and ``spectral`` ones on
/// request.
///
/// With `X` the residual stream that enters the block, `A` and `M` the outputs of attention and MLP, `Y = X + A + M`
/// and `Δ = Y - X`, all `[T, D]`, a row of one token written with the index `t`. Means over tokens are unweighted.
/// `σ_1 ≥ σ_2 ≥ …` are the singular values of Δ, see <doc:TheSpectrumOfABlock>.
public enum Metric: String, CaseIterable, Hashable, Sendable {
  /// `ΣΔ / (T·D)`.
  case mean
  /// `Σ|Δ| / (T·D)`.
  case absMean = "abs_mean"
  /// The population standard deviation of Δ's `T·D` elements.
  case standardDeviation = "std"
  /// The mean over tokens of `‖Δ_t‖ / ‖X_t‖`.
  case relativeNorm = "relative_norm"
  /// The mean over tokens of `1 - cos(X_t, Y_t)` (Men et al. 2024, ShortGPT).
  case blockInfluence = "block_influence"
  /// The mean over tokens of `arccos(cos(X_t, Y_t)) / π` (Gromov et al. 2024, who use the last token only).
  case angularDistance = "angular_distance"
  /// `Σ|A| / (T·D)`.
  case attentionAbsMean = "attention_abs_mean"
  /// `Σ|M| / (T·D)`.
  case mlpAbsMean = "mlp_abs_mean"
  /// The mean over tokens of `‖A_t‖ / ‖X_t‖`.
  case attentionRelativeNorm = "attention_relative_norm"
  /// The mean over tokens of `‖M_t‖ / ‖X_t + A_t‖`.
  case mlpRelativeNorm = "mlp_relative_norm"
  /// `max |Y|`: massive activations show here.
  case residualMaxAbs = "residual_max_abs"
  /// The mean of `-ln p(token | tokens before it)` over all tokens except the first, in nats: a value of the text, see
  /// ``isOfText``. Not defined for a text of one token.
  case nll
  /// `exp(-Σ p_i ln p_i)` with `p_i = σ_i / Σσ` (Roy & Vetterli 2007).
  case effectiveRank = "effective_rank"
  /// `Σσ² / σ_1²`.
  case stableRank = "stable_rank"
  /// `σ_1² / Σσ²`.
  case topDirectionShare = "top_direction_share"

  /// Metrics of every run.
  public static let standard: [Metric] = [
    .mean, .absMean, .standardDeviation, .relativeNorm, .blockInfluence, .angularDistance, .attentionAbsMean,
    .mlpAbsMean, .attentionRelativeNorm, .mlpRelativeNorm, .residualMaxAbs,
  ]
  /// Additional metrics of a run with likelihoods.
  public static let likelihood: [Metric] = [.nll]
  /// Scopes in which a text has values of the metric: all, except for a spectrum, which is not computed without sinks.
  public var scopes: [Scope] {
    Self.spectral.contains(self) ? Scope.allCases.filter { $0 != .withoutSinks } : Scope.allCases
  }
  /// Additional metrics of a run with the singular values of Δ.
  public static let spectral: [Metric] = [.effectiveRank, .stableRank, .topDirectionShare]

  /// True if the metric may be negative, so that ratios of means are not meaningful.
  public var isSigned: Bool { self == .mean }

  /// True if the metric is a value of the text and not of a block: it then has neither layer nor scope, and one value
  /// whatever the number of blocks.
  public var isOfText: Bool { self == .nll }
}

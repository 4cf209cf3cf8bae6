/// What is measured of one text at one block. The raw value is the column name in every file of a run; the order of
/// the cases is the order of the columns. A run has the ``standard`` ones, and the ``likelihood`` and ``spectral`` ones where
/// they are asked for.
///
/// With `X` the residual stream that enters the block, `A` and `M` what attention and MLP add, `Y = X + A + M` and
/// `Δ = Y - X`, all `[T, D]`, a row of one token written with the index `t`. Means over tokens are unweighted.
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
  /// The mean over the tokens but the first of `-ln p(token | tokens before it)`, in nats: a value of the text, see
  /// ``isOfText``. A text of one token has none.
  case nll
  /// `exp(-Σ p_i ln p_i)` with `p_i = σ_i / Σσ` (Roy & Vetterli 2007).
  case effectiveRank = "effective_rank"
  /// `Σσ² / σ_1²`.
  case stableRank = "stable_rank"
  /// `σ_1² / Σσ²`.
  case topDirectionShare = "top_direction_share"

  /// What every run measures.
  public static let standard: [Metric] = [
    .mean, .absMean, .standardDeviation, .relativeNorm, .blockInfluence, .angularDistance, .attentionAbsMean,
    .mlpAbsMean, .attentionRelativeNorm, .mlpRelativeNorm, .residualMaxAbs,
  ]
  /// What a run measures besides where it is asked how likely the model finds each text.
  public static let likelihood: [Metric] = [.nll]
  /// The scopes that a text has values of the metric in: all, but for a spectrum, which is not taken without sinks.
  public var scopes: [Scope] {
    Self.spectral.contains(self) ? Scope.allCases.filter { $0 != .withoutSinks } : Scope.allCases
  }
  /// What a run measures besides where it is asked for the singular values of Δ.
  public static let spectral: [Metric] = [.effectiveRank, .stableRank, .topDirectionShare]

  /// Whether it may be negative, so that one mean is not so many times another.
  public var isSigned: Bool { self == .mean }

  /// Whether it is a value of the text and not of a block: it then has neither layer nor scope, and there is one of it
  /// however many blocks there are.
  public var isOfText: Bool { self == .nll }
}

/// Which tokens of a text a row speaks of. The raw value is what the files say.
public enum Scope: String, CaseIterable, Hashable, Sendable {
  /// Every token.
  case all
  /// Positions 1 and up. The first token of Llama-family models is an attention sink whose huge norm can dominate
  /// every mean. A text of one token has no row in this scope.
  case withoutFirstToken = "without_first_token"
  /// Every token but the sinks: the positions at which the stream has a massive activation at any measured block, see
  /// ``MassiveActivation``. They are left out at every block. Has no spectrum; a text of sinks only has no row in this scope.
  case withoutSinks = "without_sinks"
}

/// The tokens of a text over which a row is computed. The raw value is the name in files.
public enum Scope: String, CaseIterable, Hashable, Sendable {
  /// Every token.
  case all
  /// Positions 1 and up. The first token of Llama-family models is an attention sink whose huge norm can dominate every
  /// mean. A text of one token has no row in this scope.
  case withoutFirstToken = "without_first_token"
  /// Every token but the sinks: the positions at which the stream has a massive activation at any measured block, see
  /// ``MassiveActivation``. They are excluded at every block. Has no spectrum; a text of sinks only has no row in this
  /// scope.
  case withoutSinks = "without_sinks"
}

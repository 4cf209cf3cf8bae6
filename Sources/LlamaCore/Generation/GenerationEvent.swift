/// Event of the generation of a text.
public enum GenerationEvent: Sendable, Equatable {
  /// Text that follows the earlier pieces; it is not empty, and does not end inside a scalar.
  case piece(String)
  /// The whole text with its timing, which is the last event.
  case finished(Generation)
}

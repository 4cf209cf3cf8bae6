/// A block at which a text has values that are not finite. Its row is kept out of the domain's statistics.
public struct NonFinite: Equatable, Sendable {
  /// What is not finite.
  public enum Cause: String, Sendable {
    /// Elements of `A`, `M` or `Y` themselves: the model broke down. They never become finite again, so from this
    /// block on the text's rows are `nan` and no later block is looked at.
    case values
    /// Metrics only: a token's `X`, `X + A` or `Y` is a row of zeros, which has no direction and nothing to be
    /// relative to. Later blocks are measured as usual.
    case zeroNorm = "zero_norm"
    /// The spectrum only, where it is measured: in one scope or both, the block changes no token at all, and a Δ of zeros
    /// has no direction. Named where nothing else is to be named at the block; later blocks are measured as usual.
    case zeroChange = "zero_change"
  }

  public let cause: Cause
  /// 0-based index of the block.
  public let layer: Int
  /// The first token position it happens at.
  public private(set) var position: Int
  /// The number of elements of the `[T, D]` at which `A`, `M` or `Y` is not finite (``Cause/values``), of tokens with a
  /// row of zeros (``Cause/zeroNorm``), or of tokens that the block does not change (``Cause/zeroChange``).
  public private(set) var count: Int

  init(cause: Cause, layer: Int) {
    self.cause = cause
    self.layer = layer
    position = 0
    count = 0
  }

  /// Notes `number` more at `position`; positions ascend.
  mutating func add(_ number: Int, at position: Int) {
    if count == 0 { self.position = position }
    count += number
  }
}

/// A block at which a text has non-finite values. Its row is excluded from the domain's statistics.
public struct NonFinite: Equatable, Sendable {
  /// The kind of non-finite values.
  public enum Cause: String, Sendable {
    /// Elements of `A`, `M` or `Y` themselves: the model's values are not finite. They never become finite again, so
    /// from this block on the text's rows are `nan` and no later block is examined.
    case values
    /// Metrics only: a token's `X`, `X + A` or `Y` is a row of zeros, for which directions and relative norms are not
    /// defined. Later blocks are measured as usual.
    case zeroNorm = "zero_norm"
    /// The spectrum only, if it is measured: in one scope or both, the block changes no token at all, and a Δ of zeros
    /// has no direction. Reported only if no other cause applies at the block; later blocks are measured as usual.
    case zeroChange = "zero_change"
    /// The spectrum only: LAPACK found no singular values. Later blocks are measured as usual.
    case noSpectrum = "no_spectrum"
  }

  public let cause: Cause
  /// 0-based index of the block.
  public let layer: Int
  /// The first token position with such values.
  public private(set) var position: Int
  /// The number of elements of the `[T, D]` at which `A`, `M` or `Y` is not finite (``Cause/values``), of tokens with a
  /// row of zeros (``Cause/zeroNorm``), of tokens that the block does not change (``Cause/zeroChange``), or of the
  /// text's tokens (``Cause/noSpectrum``).
  public private(set) var count: Int

  package init(cause: Cause, layer: Int, position: Int = 0, count: Int = 0) {
    self.cause = cause
    self.layer = layer
    self.position = position
    self.count = count
  }

  /// Expectation and finding, for an error.
  var words: String {
    let tokens = "\(count) \(count == 1 ? "token" : "tokens")"
    return switch cause {
    case .values: "expected finite values of attention, MLP and residual stream, found \(count) that are not"
    case .zeroNorm: "expected a direction of every token's stream, found none at \(tokens), where it is all zeros"
    case .zeroChange: "expected a change with a spectrum, found \(tokens) that the block does not change"
    case .noSpectrum: "expected singular values of the change of \(tokens), found none"
    }
  }

  /// Adds `number` occurrences at `position`; positions ascend.
  mutating func add(_ number: Int, at position: Int) {
    if count == 0 { self.position = position }
    count += number
  }
}

extension NonFinite.Cause {
  /// What happened at the block, and what it leaves without a value; for pages.
  package var words: String {
    switch self {
    case .values: "values of the model are not finite, here and at all later blocks"
    case .zeroNorm: "the stream of a token is all zeros, which have no direction"
    case .zeroChange: "the block changes no token, or the first alone: no spectrum, all other metrics count"
    case .noSpectrum: "no singular values were found: no spectrum, all other metrics count"
    }
  }
}

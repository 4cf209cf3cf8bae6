/// Changes of one block of a model, at the places where something is added to the residual stream. ``ModelEdits``
/// describes the changes of a whole model.
public struct BlockEdit: Sendable, Equatable {
  /// Factor applied to `A`, after post-norm and multiplier; 0 if attention is skipped.
  public var attentionFactor: Float
  /// Factor applied to `M`, after post-norm and multiplier; 0 if the MLP is skipped.
  public var mlpFactor: Float
  /// Query heads whose outputs are zeroed before the output projection, ascending.
  public var zeroedHeads: [Int]
  /// True if position 0 keeps what the block adds: factors of 0 and zeroed heads then apply from position 1 on.
  public var keepsFirst: Bool
  /// Vector added to the stream after the block, `[D]`; nil for none. It is not part of the block's `A`, `M` and `Y`,
  /// but of the stream that the next block, or the final norm, reads.
  public var steering: [Float]?

  public init(
    attentionFactor: Float = 1, mlpFactor: Float = 1, zeroedHeads: [Int] = [], keepsFirst: Bool = false,
    steering: [Float]? = nil
  ) {
    (self.attentionFactor, self.mlpFactor) = (attentionFactor, mlpFactor)
    (self.zeroedHeads, self.keepsFirst, self.steering) = (zeroedHeads, keepsFirst, steering)
  }

  /// Returns the factor of what is added at a position.
  func factor(_ factor: Float, at position: Int) -> Float { keepsFirst && factor == 0 && position == 0 ? 1 : factor }
}

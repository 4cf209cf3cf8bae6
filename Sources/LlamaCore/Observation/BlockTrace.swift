/// What one block did to one text. It cannot be stored: its values end with the call, and the compiler refuses.
///
/// Every site is row-major `[positions.count, hiddenSize]` in float32, and empty where it was not asked for.
public struct BlockTrace: ~Escapable {
  /// 0-based index of the block.
  public let layer: Int
  /// 0-based index of the text in the call that runs it, or of the sequence in its ``DecodingSession``.
  public let text: Int
  /// The token positions the rows stand for: `0..<tokens` in a full pass, `n..<n + 1` in a step of decoding.
  public let positions: Range<Int>
  /// Width of a row.
  public let hiddenSize: Int
  /// The residual stream entering the block, `X`.
  public let residualBefore: SiteValues
  /// The attention output, `A`.
  public let attention: SiteValues
  /// The MLP output, `M`.
  public let mlp: SiteValues
  /// The residual stream leaving the block, `Y = X + A + M`.
  public let residualAfter: SiteValues

  @_lifetime(copy residualBefore, copy attention, copy mlp, copy residualAfter)
  package init(
    layer: Int, text: Int, positions: Range<Int>, hiddenSize: Int,
    residualBefore: Span<Float>, attention: Span<Float>, mlp: Span<Float>, residualAfter: Span<Float>
  ) {
    self.layer = layer
    self.text = text
    self.positions = positions
    self.hiddenSize = hiddenSize
    self.residualBefore = SiteValues(residualBefore, width: hiddenSize)
    self.attention = SiteValues(attention, width: hiddenSize)
    self.mlp = SiteValues(mlp, width: hiddenSize)
    self.residualAfter = SiteValues(residualAfter, width: hiddenSize)
  }
}

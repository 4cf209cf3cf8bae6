/// Results of one block for one text. It cannot be stored: the values are valid only during the call, which the
/// compiler enforces.
///
/// Every site is row-major `[positions.count, hiddenSize]` in float32, and empty if it was not requested.
public struct BlockTrace: ~Escapable {
  /// 0-based index of the block.
  public let layer: Int
  /// 0-based index of the text in the call, or of the sequence in its ``DecodingSession``.
  public let text: Int
  /// Token positions of the rows: `0..<tokens` in a full pass, `n..<n + 1` in a step of decoding.
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

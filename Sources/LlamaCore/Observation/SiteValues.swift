/// Values of one site of a block for the tokens of a text: a row of the hidden size for each, in float32.
///
/// It can be indexed as one array, row after row, `block.mlp[index]`, or by rows, `block.mlp.row(token)`. It has the
/// lifetime of the call, like its ``BlockTrace``.
public struct SiteValues: ~Escapable {
  /// All values, row-major `[rowCount, width]`; empty if the site was not requested.
  public let span: Span<Float>
  /// Width of a row: the hidden size.
  public let width: Int

  @_lifetime(copy span)
  init(_ span: Span<Float>, width: Int) {
    self.span = span
    self.width = width
  }

  /// Number of rows: one for each position of the trace, or none if the site was not requested.
  public var rowCount: Int { width > 0 ? span.count / width : 0 }

  /// Returns the row at 0-based `index`, which must be below ``rowCount``: the token at `positions[index]` of the
  /// trace.
  @inlinable @_lifetime(copy self)
  public func row(_ index: Int) -> Span<Float> { span.extracting(index * width..<(index + 1) * width) }

  /// Number of values.
  @inlinable public var count: Int { span.count }
  /// True if there are no values, because the site was not requested.
  @inlinable public var isEmpty: Bool { span.isEmpty }
  /// Indices of all values.
  @inlinable public var indices: Range<Int> { span.indices }
  /// The value at an index of the row-major array.
  @inlinable public subscript(index: Int) -> Float { span[index] }
}

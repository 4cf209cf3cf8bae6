/// What one site of a block holds for the tokens of a text: a row of the hidden size for each, in float32.
///
/// It is read as one array, row after row, `block.mlp[index]`, or by rows, `block.mlp.row(token)`. It ends with the call
/// that hands it out, as its ``BlockTrace`` does.
public struct SiteValues: ~Escapable {
  /// All values, row-major `[rowCount, width]`; empty where the site was not asked for.
  public let span: Span<Float>
  /// Width of a row: the hidden size.
  public let width: Int

  @_lifetime(copy span)
  init(_ span: Span<Float>, width: Int) {
    self.span = span
    self.width = width
  }

  /// Rows: one for each position of the trace, or none where the site was not asked for.
  public var rowCount: Int { width > 0 ? span.count / width : 0 }

  /// The row at 0-based `index`, which must be below ``rowCount``: the token at `positions[index]` of the trace.
  @inlinable @_lifetime(copy self)
  public func row(_ index: Int) -> Span<Float> { span.extracting(index * width..<(index + 1) * width) }

  /// Number of all values.
  @inlinable public var count: Int { span.count }
  /// Whether there is no value: the site was not asked for.
  @inlinable public var isEmpty: Bool { span.isEmpty }
  /// Places of all values.
  @inlinable public var indices: Range<Int> { span.indices }
  /// The value at a place of all.
  @inlinable public subscript(index: Int) -> Float { span[index] }
}

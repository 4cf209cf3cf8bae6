/// Rows of a batch whose logits are wanted, as they stand in the product with the vocabulary.
struct LogitRows {
  let layout: RowLayout
  /// The row of the batch that a row stands for.
  let source: (_ row: Int) -> Int

  /// Every row of a batch, in place.
  init(_ batch: PackedBatch) { (layout, source) = (batch.rowLayout, { $0 }) }

  /// Some rows of one sequence, from 0 on.
  init(_ rows: Range<Int>) {
    layout = RowLayout(count: rows.count, sequences: [0..<rows.count])
    source = { min(rows.lowerBound + $0, rows.upperBound - 1) }
  }
}

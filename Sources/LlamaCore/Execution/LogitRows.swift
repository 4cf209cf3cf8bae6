/// Rows of a batch for which logits are computed, in the layout of the product with the vocabulary.
struct LogitRows {
  let layout: RowLayout
  /// Maps a row of the layout to a row of the batch.
  let source: (_ row: Int) -> Int

  /// Creates rows for a whole batch, in place.
  init(_ batch: PackedBatch) { (layout, source) = (batch.rowLayout, { $0 }) }

  /// Creates rows for a range of one sequence, numbered from 0.
  init(_ rows: Range<Int>) {
    layout = RowLayout(count: rows.count, sequences: [0..<rows.count])
    source = { min(rows.lowerBound + $0, rows.upperBound - 1) }
  }
}

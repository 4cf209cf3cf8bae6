/// Sequences that go through the blocks together.
struct PackedBatch {
  /// A sequence in its rows.
  struct Slot {
    /// Index of the sequence in the call.
    let index: Int
    let slice: SequenceSlice
    /// Its rows in the batch.
    let rows: Range<Int>
  }

  let slots: [Slot]
  /// Rows of all sequences together, those between them included.
  let rows: Int

  /// - Parameter slices: all of the call, of which the layout names some.
  init(_ layout: BatchLayout, _ slices: [SequenceSlice]) {
    slots = layout.places.map { Slot(index: $0.sequence, slice: slices[$0.sequence], rows: $0.rows) }
    rows = layout.rows
  }

  /// The rows as products want to know them.
  var rowLayout: RowLayout { RowLayout(count: rows, sequences: slots.map(\.rows)) }
  /// Number of tokens.
  var tokens: Int { slots.reduce(0) { $0 + $1.rows.count } }

  /// Parts of sequences of at most `height` tokens, so that a long one occupies every worker.
  func bands(height: Int = 64) -> [(slot: Slot, tokens: Range<Int>)] {
    slots.flatMap { slot in
      stride(from: 0, to: slot.rows.count, by: height).map { (slot, $0..<min(slot.rows.count, $0 + height)) }
    }
  }
}

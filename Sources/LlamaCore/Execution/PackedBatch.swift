/// Sequences that pass through the blocks together.
struct PackedBatch {
  /// A sequence with its rows.
  struct Slot {
    /// Index of the sequence in the call.
    let index: Int
    let slice: SequenceSlice
    /// Its rows in the batch.
    let rows: Range<Int>
    /// Parts of the model that this sequence is computed without; nil for none.
    var removal: Removal?
    /// What removed parts add instead; nil for nothing.
    var means: MeanOutputs?
  }

  let slots: [Slot]
  /// Number of rows of all sequences, including the gaps between them.
  let rows: Int
  /// Number of rows, from the first, of which sites are stored.
  let observedRows: Int

  /// - Parameter slices: all slices of the call, of which the layout selects some.
  init(_ layout: BatchLayout, _ slices: [SequenceSlice]) {
    slots = layout.places.map { Slot(index: $0.sequence, slice: slices[$0.sequence], rows: $0.rows) }
    rows = layout.rows
    observedRows = rows
  }

  init(slots: [Slot], rows: Int, observedRows: Int) {
    (self.slots, self.rows, self.observedRows) = (slots, rows, observedRows)
  }

  /// The rows in the form that products take.
  var rowLayout: RowLayout { RowLayout(count: rows, sequences: slots.map(\.rows)) }
  /// Number of tokens.
  var tokens: Int { slots.reduce(0) { $0 + $1.rows.count } }

  /// Divides the sequences into parts of at most `height` tokens, so that a long one occupies every worker.
  func bands(height: Int = 64) -> [(slot: Slot, tokens: Range<Int>)] {
    slots.flatMap { slot in
      stride(from: 0, to: slot.rows.count, by: height).map { (slot, $0..<min(slot.rows.count, $0 + height)) }
    }
  }
}

/// Factors of what a part of a block adds to the rows of a batch.
struct RowFactors {
  /// Factor of each row; nil for 1 everywhere.
  let ofRows: [Float]?
  /// For each row the vector that is added in place of the output where the factor is 0; empty for none anywhere.
  var vectors: [[Float]?] = []

  /// True if no output is added to any row.
  var isSkipped: Bool { ofRows?.allSatisfy { $0 == 0 } ?? false }
}

/// Changes of a block: those of the model, see ``BlockEdit``, and parts that single sequences are computed without. A
/// block without any costs a few comparisons.
extension ForwardPass {
  /// Returns the factors of attention or of the MLP in a block.
  func factors(_ site: LayerSites, _ layer: Int, _ batch: PackedBatch) -> RowFactors {
    let edit = spec.blocks[layer].edit ?? BlockEdit()
    let part = site == .attention ? BlockUnit.Part.attention : .mlp
    let factor = site == .attention ? edit.attentionFactor : edit.mlpFactor
    func isRemoved(_ slot: PackedBatch.Slot) -> Bool { slot.removal?.removes(part, layer) ?? false }
    if factor == 1, !batch.slots.contains(where: isRemoved) { return RowFactors(ofRows: nil) }
    var factors = [Float](repeating: factor, count: batch.rows)
    var vectors: [[Float]?] = []
    for slot in batch.slots {
      let (start, isRemoved) = (slot.slice.start, isRemoved(slot))
      let vector = isRemoved ? slot.removal.flatMap { slot.means?.vector(part, layer, $0) } : nil
      if vector != nil, vectors.isEmpty { vectors = Array(repeating: nil, count: batch.rows) }
      for (offset, row) in slot.rows.enumerated() {
        let isKept = !isRemoved || slot.removal?.keepsFirst == true && start + offset == 0
        factors[row] = isKept ? edit.factor(factor, at: start + offset) : 0
        if !isKept, let vector { vectors[row] = vector }
      }
    }
    return RowFactors(ofRows: factors, vectors: vectors)
  }

  /// Zeroes the outputs of the heads that a block, or a sequence, leaves out.
  func zeroHeads(_ outputs: ActivationMatrix, _ layer: Int, _ batch: PackedBatch) {
    let edit = spec.blocks[layer].edit
    guard edit?.zeroedHeads.isEmpty == false || batch.slots.contains(where: { $0.removal != nil }) else { return }
    let zeros = [Float](repeating: 0, count: spec.blocks[layer].attention.headDimension)
    for slot in batch.slots {
      zero(edit?.zeroedHeads ?? [], keepsFirst: edit?.keepsFirst ?? false)
      zero(slot.removal?.heads(layer) ?? [], keepsFirst: slot.removal?.keepsFirst ?? false)
      func zero(_ heads: [Int], keepsFirst: Bool) {
        guard !heads.isEmpty else { return }
        for row in slot.rows.dropFirst(keepsFirst && slot.slice.start == 0 ? 1 : 0) {
          for head in heads { outputs.store(zeros, count: zeros.count, row: row, column: head * zeros.count) }
        }
      }
    }
  }

  /// Adds the steering vector of a block to the stream that leaves it.
  func steer(_ layer: Int, _ batch: PackedBatch) {
    guard let vector = spec.blocks[layer].edit?.steering else { return }
    for slot in batch.slots { ResidualSink.steer(buffers.residualOut, by: vector, rows: slot.rows) }
  }
}

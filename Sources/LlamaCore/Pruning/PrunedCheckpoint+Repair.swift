import Foundations

/// A linear map of what a block's MLP adds to the residual stream, in place of removed blocks behind it.
package struct RepairMap: Sendable, Equatable {
  /// 0-based index of the block in the checkpoint.
  package let layer: Int
  /// `C`, row-major `[D, D]`, outputs by inputs: row `M_t` becomes `M_t + C · M_t`. Zeros leave the block as it is.
  package let change: [Double]

  package init(layer: Int, change: [Double]) { (self.layer, self.change) = (layer, change) }
}

extension PrunedCheckpoint {
  /// Spans of removed blocks.
  ///
  /// - Throws: ``RepairError``, see ``RemovedSpan/spans(of:in:)``.
  package var spans: [RemovedSpan] {
    get throws(RepairError) { try RemovedSpan.spans(of: program, in: model.source.spec) }
  }

  /// The model that the checkpoint is made of, with all its blocks.
  package var originalModel: LlamaModel {
    get throws { try model.edited(by: ModelEdits()) }
  }

  /// Returns the checkpoint with maps merged into the down projections, `W + C·W` and likewise a bias, computed in double
  /// precision and rounded once to the tensor's element format, to nearest with ties to even.
  ///
  /// - Parameters:
  ///   - maps: maps of kept blocks; of blocks that are not in the program they have no effect.
  ///   - threads: number of threads, on which no bit depends.
  /// - Throws: ``RepairError`` for a weight beyond the range of its format; `FileError` if one cannot be read.
  package func merging(_ maps: [RepairMap], threads: Int) throws -> PrunedCheckpoint {
    let spec = model.source.spec
    let names = StoredNames(spec.names, in: original)
    let path = spec.names.parts[.down] ?? ""
    var merged: [ByteString: [UInt8]] = [:]
    // A map of zeros keeps every byte, also the sign of a zero.
    for map in maps where spec.blocks.indices.contains(map.layer) && map.change.contains(where: { $0 != 0 }) {
      let down = model.source.weights.blocks[map.layer].down
      for (weight, suffix) in [(down.weight, ".weight"), (down.bias, ".bias")] {
        guard let weight else { continue }
        let name = names.block(map.layer) + path + suffix
        guard let type = original.tensor(name)?.type else { continue }
        let values = try weight.floats()
        weight.release()
        guard
          let bytes = LinearMap.merged(
            values, rows: weight.rows, change: map.change, as: weight.format, Workers(threads))
        else { throw RepairError.overflow(tensor: name, type: type) }
        merged[ByteString(name)] = bytes
      }
    }
    var repaired = self
    repaired.replaced.merge(merged) { $1 }
    return repaired
  }
}

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
  /// Spans of removed blocks, from the front, each behind a block whose down projection can take a map.
  ///
  /// - Throws: ``RepairError`` for a program whose gaps have no kept block before them, or a block whose MLP output passes
  ///   a norm before it is added. A multiplier commutes with the map and is none.
  package var spans: [RemovedSpan] {
    get throws(RepairError) {
      let spans = try RemovedSpan.spans(of: program, layerCount: originalLayerCount)
      let blocks = model.source.spec.blocks
      for span in spans where blocks[span.keptLayer].postNorm != nil { throw .postNorm(layer: span.keptLayer) }
      return spans
    }
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
    for map in maps where spec.blocks.indices.contains(map.layer) {
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

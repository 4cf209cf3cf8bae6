import Foundations

/// Consecutive blocks that a program leaves out, behind a block that it keeps.
package struct RemovedSpan: Hashable, Sendable, CustomStringConvertible {
  /// 0-based index of the kept block in the checkpoint.
  package let keptLayer: Int
  /// 0-based indices of the removed blocks in the checkpoint: those from `keptLayer + 1` on.
  package let removed: ClosedRange<Int>

  package init(keptLayer: Int, removed: ClosedRange<Int>) { (self.keptLayer, self.removed) = (keptLayer, removed) }

  package var description: String { BlockList.text(Array(removed)) }

  /// Returns the spans that a program leaves out, from the front, each behind a block whose down projection can take a
  /// map.
  ///
  /// - Parameters:
  ///   - program: 0-based indices of blocks of the checkpoint.
  ///   - spec: the checkpoint's model, with all its blocks.
  /// - Throws: ``RepairError`` if no block is removed, if blocks are removed at the start, if one is moved or repeated, or
  ///   if the output of an MLP passes a norm before it is added. A multiplier commutes with the map and does not matter.
  package static func spans(of program: [Int], in spec: ModelSpec) throws(RepairError) -> [RemovedSpan] {
    let layerCount = spec.layerCount
    guard zip(program, program.dropFirst()).allSatisfy({ $0 < $1 }) else { throw .order(program) }
    guard program.count < layerCount, let first = program.first else { throw .nothingRemoved(blocks: layerCount) }
    guard first == 0 else { throw .start(0...first - 1) }
    let spans = zip(program, program.dropFirst() + [layerCount]).compactMap { kept, next in
      kept + 1 < next ? RemovedSpan(keptLayer: kept, removed: kept + 1...next - 1) : nil
    }
    for span in spans where spec.blocks[span.keptLayer].postNorm != nil { throw .postNorm(layer: span.keptLayer) }
    return spans
  }
}

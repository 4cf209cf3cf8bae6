import Foundation
import Foundations

extension LlamaModel {
  /// Returns the model of the checkpoint, changed by `edits`; edits that this model already has are replaced.
  ///
  /// Nothing is computed, and of the weights only the steering vectors are read. ``spec`` then has the blocks of the
  /// program, and a block's index wherever a run reports one is its place in the program; ``program`` maps it to the
  /// block of the checkpoint, whose weights, window and RoPE it has.
  /// - Throws: ``EditError`` for edits that do not fit the model; ``FileError``, ``SafetensorsError`` or
  ///   ``CheckpointError`` for a file of an edit that cannot be read.
  public func edited(by edits: ModelEdits) throws -> LlamaModel {
    let (spec, weights) = (source.spec, source.weights)
    var edits = edits
    if edits.program == Array(spec.blocks.indices) { edits.program = nil }
    edits.skipped = Set(edits.skipped.flatMap(\.members))
    try edits.check(spec)
    var blocks = spec.blocks
    for layer in blocks.indices {
      blocks[layer].edit = try blockEdit(layer, edits, heads: blocks[layer].attention.headCount)
    }
    let swapped = try swappedWeights(edits.swaps)
    let program = edits.program ?? Array(spec.blocks.indices)
    var changed = spec
    changed.blocks = program.map { blocks[$0] }
    return LlamaModel(
      spec: changed, checkpoint: checkpoint,
      weights: weights.replacing(program.map { swapped.blocks[$0] }, alsoFrom: swapped.checkpoints), source: source,
      edits: edits, program: program)
  }

  /// Returns the changes of a block of the checkpoint; nil for none.
  private func blockEdit(_ layer: Int, _ edits: ModelEdits, heads: Int) throws -> BlockEdit? {
    var edit = BlockEdit()
    let block = BlockUnit(.block, layer)
    for (unit, factor) in edits.scales where unit.layer == layer {
      if unit.part != .mlp { edit.attentionFactor *= factor }
      if unit.part != .attention { edit.mlpFactor *= factor }
    }
    if !edits.skipped.isDisjoint(with: [block, BlockUnit(.attention, layer)]) { edit.attentionFactor = 0 }
    if !edits.skipped.isDisjoint(with: [block, BlockUnit(.mlp, layer)]) { edit.mlpFactor = 0 }
    edit.zeroedHeads = (0..<heads).filter { edits.skipped.contains(.head($0, of: layer)) }
    edit.keepsFirst = edits.keepsFirst && edits.skipped.contains { $0.layer == layer }
    let vectors = try edits.steering.filter { $0.layer == layer }.map(vector)
    if !vectors.isEmpty { edit.steering = (0..<spec.hiddenSize).map { index in vectors.reduce(0) { $0 + $1[index] } } }
    return edit == BlockEdit() ? nil : edit
  }

  /// Reads a steering vector, times its factor.
  private func vector(_ steering: ModelEdits.Steering) throws -> [Float] {
    func fault(_ found: String) -> EditError {
      .steering(
        file: steering.file.relativePath, tensor: steering.tensor,
        expected: "F32, F16 or BF16 [\(source.spec.hiddenSize)], all finite", found: found)
    }
    let file = try SafetensorsFile(contentsOf: steering.file)
    guard let tensor = file.tensors.first(where: { $0.name.hasSameBytes(as: steering.tensor) }) else {
      throw fault("no such tensor, of \(file.tensors.count): \(file.tensors.prefix(8).map(\.name).quotedList)")
    }
    guard tensor.shape.reduce(1, *) == source.spec.hiddenSize, tensor.shape.last == source.spec.hiddenSize,
      let weight = Weight(file: file, tensor: tensor, rows: 0..<(tensor.shape.first ?? 0))
    else { throw fault(tensor.summary) }
    let vector = try weight.floats().map { $0 * steering.factor }
    try file.file.check()
    guard vector.allSatisfy(\.isFinite) else { throw fault("a number that is not finite, times \(steering.factor)") }
    return vector
  }

  /// Returns the weights of all blocks of the checkpoint, some of them from other checkpoints, which are opened.
  private func swappedWeights(_ swaps: [ModelEdits.Swap]) throws -> (
    blocks: [ModelWeights.Block], checkpoints: [Checkpoint]
  ) {
    var blocks = source.weights.blocks
    var opened: [URL: LlamaModel] = [:]
    for swap in swaps {
      let other = try opened[swap.directory] ?? open(swap.directory)
      opened[swap.directory] = other
      for layer in swap.layers {
        blocks[layer] = blocks[layer].replacing(swap.part, from: other.weights.blocks[layer])
      }
    }
    return (blocks, opened.values.map(\.checkpoint))
  }

  /// Opens a checkpoint as weights of this model, whose configuration counts.
  ///
  /// - Throws: ``FileError``, ``SafetensorsError`` or ``CheckpointError``; ``EditError/otherShapes(directory:faults:)``
  ///   for other tensors than the model's.
  package func open(_ directory: URL) throws -> LlamaModel {
    do {
      return try LlamaModel(directory: directory, spec: source.spec)
    } catch let error as CheckpointError {
      guard case .mismatch(let faults) = error.reason else { throw error }
      throw EditError.otherShapes(directory: directory.relativePath, faults: faults)
    }
  }
}

extension ModelEdits {
  /// Maximum number of blocks in a program.
  private static let longestProgram = 10_000

  /// Throws for edits that do not fit a model.
  fileprivate func check(_ spec: ModelSpec) throws(EditError) {
    func check(_ layer: Int, _ edit: @autoclosure () -> String, isInProgram: Bool = true) throws(EditError) {
      guard spec.blocks.indices.contains(layer) else {
        throw .noBlock(edit: edit(), layer: layer, layers: spec.layerCount)
      }
      if isInProgram, let program, !program.contains(layer) { throw .notInProgram(edit: edit(), layer: layer) }
    }
    if let program {
      guard (1...Self.longestProgram).contains(program.count) else {
        throw .programLength(program.count, limit: Self.longestProgram)
      }
      for layer in program { try check(layer, "--layers", isInProgram: false) }
      if keepsFirst { throw .conflict("--keep-first", "--layers") }
    }
    for unit in skipped.sorted() {
      try check(unit.layer, "--skip \(unit)")
      let heads = spec.blocks[unit.layer].attention.headCount
      if let head = unit.head, !(0..<heads).contains(head) {
        throw .noHead(edit: "--skip \(unit)", head: head, heads: heads)
      }
    }
    for (unit, factor) in scales.sorted(by: { $0.key < $1.key }) {
      let edit = "--scale \(unit)=\(factor)"
      try check(unit.layer, edit)
      guard factor.isFinite, [.block, .attention, .mlp].contains(unit.part) else { throw .factor(edit: edit) }
      for part in unit.overlapping {
        if skipped.contains(part) { throw .conflict("--skip \(part)", edit) }
      }
    }
    for vector in steering {
      try check(vector.layer, "--steer \(vector.tensor)@\(vector.layer)")
      guard vector.factor.isFinite else { throw .factor(edit: "--steer \(vector.tensor)@\(vector.layer)") }
    }
    for swap in swaps {
      for layer in swap.layers { try check(layer, "--swap-weights \(swap.directory.relativePath)@\(layer)") }
    }
  }
}

extension BlockUnit {
  /// This part, and parts of the block that contain it or that it contains.
  fileprivate var overlapping: [BlockUnit] {
    part == .block
      ? [self, BlockUnit(.attention, layer), BlockUnit(.mlp, layer)] : [self, BlockUnit(.block, layer)]
  }
}

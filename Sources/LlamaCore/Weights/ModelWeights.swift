import Foundation
import Foundations

/// All weights of a model by role, in the mapped files.
///
/// Matrices are `[outputs, inputs]` as PyTorch stores them.
struct ModelWeights: Sendable {
  /// Weights of one block; nil for parts that the block does not have.
  struct Block: Sendable {
    let attentionNorm: Weight?
    let query, key, value, output: Linear
    let queryNorm, keyNorm: Weight?
    let attentionPostNorm: Weight?
    let mlpNorm: Weight?
    let gate, up, down: Linear
    let mlpPostNorm: Weight?
  }

  /// A linear layer.
  struct Linear: Sendable {
    let weight: Weight
    let bias: Weight?
  }

  private let checkpoints: [Checkpoint]
  let embedding: Weight
  let blocks: [Block]
  let finalNorm: Weight
  /// `[vocabularySize, hiddenSize]`; the embedding itself if tied.
  let unembedding: Weight

  /// Finds all tensors of `spec` in `checkpoint`.
  /// - Throws: ``CheckpointError`` listing all tensors that are missing, unexpected, or of the wrong shape or type.
  init(_ checkpoint: Checkpoint, _ spec: ModelSpec) throws(CheckpointError) {
    checkpoints = [checkpoint]
    var finder = Finder(checkpoint, spec.names)
    for tensor in spec.tensors { finder.find(tensor) }
    // A tied model whose file nevertheless contains an unembedding: transformers uses the one in the file.
    if spec.tiedEmbeddings, finder.holds(spec.names.unembedding) { finder.find(spec.unembedding) }
    finder.refuseBiases(spec)
    finder.refuseBlock(spec.layerCount)
    guard finder.faults.isEmpty else {
      throw CheckpointError(path: checkpoint.directory.relativePath, reason: .mismatch(finder.faults))
    }
    let found = finder.found
    embedding = found[.embedding] ?? .absent
    finalNorm = found[.finalNorm] ?? .absent
    unembedding = found[.unembedding] ?? embedding
    blocks = spec.blocks.indices.map { layer in
      func weight(_ part: BlockPart) -> Weight? { found[.weight(part, layer: layer)] }
      func linear(_ part: BlockPart) -> Linear {
        Linear(weight: weight(part) ?? .absent, bias: found[.bias(part, layer: layer)])
      }
      return Block(
        attentionNorm: weight(.attentionNorm), query: linear(.query), key: linear(.key), value: linear(.value),
        output: linear(.output), queryNorm: weight(.queryNorm), keyNorm: weight(.keyNorm),
        attentionPostNorm: weight(.attentionPostNorm), mlpNorm: weight(.mlpNorm), gate: linear(.gate), up: linear(.up),
        down: linear(.down), mlpPostNorm: weight(.mlpPostNorm))
    }
  }

  private init(_ weights: ModelWeights, blocks: [Block], _ checkpoints: [Checkpoint]) {
    (embedding, finalNorm, unembedding) = (weights.embedding, weights.finalNorm, weights.unembedding)
    (self.blocks, self.checkpoints) = (blocks, checkpoints)
  }

  /// Returns the weights with other blocks, some of which are in further checkpoints.
  func replacing(_ blocks: [Block], alsoFrom others: [Checkpoint]) -> ModelWeights {
    ModelWeights(self, blocks: blocks, checkpoints + others)
  }
}

/// Looks up tensors by name and collects all mismatches for a single message.
private struct Finder {
  private let checkpoint: Checkpoint
  private let names: TensorNames
  private let stored: StoredNames
  private(set) var found: [ModelTensor.Role: Weight] = [:]
  private(set) var faults: [String] = []

  init(_ checkpoint: Checkpoint, _ names: TensorNames) {
    (self.checkpoint, self.names) = (checkpoint, names)
    stored = StoredNames(names, in: checkpoint)
  }

  func holds(_ name: String) -> Bool { checkpoint.tensor(stored.name(name)) != nil }

  mutating func find(_ wanted: ModelTensor) {
    let name = stored.name(wanted.name)
    guard let (file, tensor) = checkpoint.location(of: name) else {
      faults.append("\(name) is missing, expected \(wanted.shape.shapeText)")
      return
    }
    let known = faults.count
    if tensor.shape != wanted.shape {
      faults.append("\(name): expected \(wanted.shape.shapeText), found \(tensor.shape.shapeText)")
    }
    if WeightFormat(tensor.type) == nil {
      faults.append("\(name): expected F32, F16 or BF16, found \(tensor.type.rawValue)")
    }
    guard faults.count == known else { return }
    for (role, rows) in wanted.slices { found[role] = Weight(file: file, tensor: tensor, rows: rows) }
  }

  /// Adds a fault for each bias that the configuration does not mention: it would silently be left out of the sum.
  mutating func refuseBiases(_ spec: ModelSpec) {
    let biases = checkpoint.tensors.filter { $0.name.utf8.suffix(5).elementsEqual(".bias".utf8) }
    guard !biases.isEmpty else { return }
    let known = Set(spec.tensors.map { ByteString(stored.name($0.name)) })
    let linear: [BlockPart] = [.query, .key, .value, .output, .gate, .up, .down]
    let paths = linear.compactMap { names.parts[$0] }
    for layer in spec.blocks.indices {
      for path in paths {
        let bias = ByteString(stored.name("\(names.block(layer))\(path).bias"))
        if checkpoint.tensor(bias.text) != nil, !known.contains(bias) {
          faults.append("\(bias.text): expected no bias, found one")
        }
      }
    }
  }

  /// Refuses a block beyond the configured number.
  mutating func refuseBlock(_ layer: Int) {
    let prefix = stored.name(names.block(layer))
    // Compares bytes, because `hasPrefix` does not match if a combining mark follows.
    if let extra = checkpoint.tensors.first(where: { $0.name.utf8.starts(with: prefix.utf8) })?.name {
      faults.append("\(extra): num_hidden_layers is \(layer)")
    }
  }
}

extension ModelWeights {
  /// Checks the files; to be called before results computed from weights are returned.
  /// - Throws: ``FileError`` if a file of the model has become shorter: data read from it may be zeros.
  func check() throws(FileError) {
    for checkpoint in checkpoints { try checkpoint.check() }
  }

  /// Bytes of all weights that a token is multiplied with.
  var byteCount: Int { blocks.reduce(unembedding.byteCount) { $0 + $1.byteCount } }

  /// Maps all weights at once.
  /// - Throws: ``FileError`` if a file has become shorter, or cannot be read.
  func pageIn(_ workers: Workers) throws(FileError) {
    try workers.forEach(blocks.count + 1) { task, _ throws(FileError) in
      if task == blocks.count { return try unembedding.pageIn(rows: 0..<unembedding.rows) }
      try blocks[task].forEachWeight { weight throws(FileError) in try weight.pageIn(rows: 0..<weight.rows) }
    }
  }

  /// Releases the pages of all weights.
  func release() {
    for block in blocks { block.forEachWeight { $0.release() } }
    unembedding.release()
    embedding.release()
  }
}

extension ModelWeights.Linear {
  /// Releases the pages.
  func release() {
    weight.release()
    bias?.release()
  }
}

extension ModelWeights.Block {
  /// Returns the block with the weights of a part, and of its norms, from another block.
  func replacing(_ part: BlockUnit.Part, from other: Self) -> Self {
    let attention = part == .mlp ? self : other
    let mlp = part == .attention ? self : other
    return Self(
      attentionNorm: attention.attentionNorm, query: attention.query, key: attention.key, value: attention.value,
      output: attention.output, queryNorm: attention.queryNorm, keyNorm: attention.keyNorm,
      attentionPostNorm: attention.attentionPostNorm, mlpNorm: mlp.mlpNorm, gate: mlp.gate, up: mlp.up, down: mlp.down,
      mlpPostNorm: mlp.mlpPostNorm)
  }

  /// Calls `body` with every weight and bias of the block, or of its attention or MLP with their norms.
  func forEachWeight<Failure: Error>(
    of part: BlockUnit.Part = .block, _ body: (Weight) throws(Failure) -> Void
  ) throws(Failure) {
    if part != .mlp {
      try Self.each([attentionNorm, queryNorm, keyNorm, attentionPostNorm], [query, key, value, output], body)
    }
    if part != .attention { try Self.each([mlpNorm, mlpPostNorm], [gate, up, down], body) }
  }

  private static func each<Failure: Error>(
    _ norms: [Weight?], _ linears: [ModelWeights.Linear], _ body: (Weight) throws(Failure) -> Void
  ) throws(Failure) {
    for norm in norms {
      if let norm { try body(norm) }
    }
    for linear in linears {
      try body(linear.weight)
      if let bias = linear.bias { try body(bias) }
    }
  }

  /// Bytes of all weights and biases.
  var byteCount: Int { byteCount(of: .block) }

  /// Bytes of the weights and biases of the block, or of its attention or MLP with their norms.
  func byteCount(of part: BlockUnit.Part) -> Int {
    var count = 0
    forEachWeight(of: part) { count += $0.byteCount }
    return count
  }

  /// Bytes that would have to be read from the disk now.
  var uncachedBytes: Int {
    var count = 0
    forEachWeight { count += $0.uncachedBytes }
    return count
  }
}

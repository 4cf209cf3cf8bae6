import Foundation

/// Every weight of a model by its role, still in the mapped files.
///
/// Matrices are `[outputs, inputs]` as PyTorch stores them.
struct ModelWeights: Sendable {
  /// One block's weights; what the block does not have is nil.
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

  private let checkpoint: Checkpoint
  let embedding: Weight
  let blocks: [Block]
  let finalNorm: Weight
  /// `[vocabularySize, hiddenSize]`; the embedding itself where tied.
  let unembedding: Weight

  /// Finds every tensor of `spec` in `checkpoint`.
  /// - Throws: ``CheckpointError`` with all that is missing, unexpected, or of the wrong shape or type.
  init(_ checkpoint: Checkpoint, _ spec: ModelSpec) throws(CheckpointError) {
    self.checkpoint = checkpoint
    var finder = Finder(checkpoint, spec.names)
    for tensor in spec.tensors { finder.find(tensor) }
    // A tied model whose file holds an unembedding all the same: transformers uses what the file holds.
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
}

/// Looks tensors up by name and gathers what does not fit, so that one message can tell all of it.
private struct Finder {
  private let checkpoint: Checkpoint
  private let names: TensorNames
  /// Left off the names in a checkpoint of the bare decoder, which transformers reads as well.
  private let missingPrefix: String
  private(set) var found: [ModelTensor.Role: Weight] = [:]
  private(set) var faults: [String] = []

  init(_ checkpoint: Checkpoint, _ names: TensorNames) {
    (self.checkpoint, self.names) = (checkpoint, names)
    let bare = "model."
    let isBare =
      names.embedding.hasPrefix(bare) && checkpoint.tensor(names.embedding) == nil
      && checkpoint.tensor(String(names.embedding.dropFirst(bare.count))) != nil
    missingPrefix = isBare ? bare : ""
  }

  /// The name in this checkpoint.
  private func name(_ name: String) -> String {
    name.hasPrefix(missingPrefix) ? String(name.dropFirst(missingPrefix.count)) : name
  }

  func holds(_ name: String) -> Bool { checkpoint.tensor(self.name(name)) != nil }

  mutating func find(_ wanted: ModelTensor) {
    let name = name(wanted.name)
    guard let (file, tensor) = checkpoint.location(of: name) else {
      faults.append("\(name) is missing, expected \(wanted.shape)")
      return
    }
    let known = faults.count
    if tensor.shape != wanted.shape {
      faults.append("\(name): expected \(wanted.shape), found \(tensor.shape.shapeText)")
    }
    if WeightFormat(tensor.type) == nil {
      faults.append("\(name): expected F32, F16 or BF16, found \(tensor.type.rawValue)")
    }
    guard faults.count == known else { return }
    for (role, rows) in wanted.slices { found[role] = Weight(file: file, tensor: tensor, rows: rows) }
  }

  /// A bias that the configuration does not mention would silently be left out of the sum.
  mutating func refuseBiases(_ spec: ModelSpec) {
    let known = Set(spec.tensors.map(\.name))
    for layer in spec.blocks.indices {
      for part in BlockPart.allCases {
        guard let path = names.parts[part] else { continue }
        let bias = "\(names.block(layer))\(path).bias"
        if !known.contains(bias), holds(bias) { faults.append("\(name(bias)): expected no bias, found one") }
      }
    }
  }

  /// A block that the configuration does not count.
  mutating func refuseBlock(_ layer: Int) {
    let prefix = name(names.block(layer))
    // Of bytes: for `hasPrefix` a combining mark behind it makes it another.
    if let extra = checkpoint.tensors.first(where: { $0.name.utf8.starts(with: prefix.utf8) })?.name {
      faults.append("\(extra): num_hidden_layers is \(layer)")
    }
  }
}

extension ModelWeights {
  /// To be called before what was computed from weights is handed over.
  /// - Throws: ``FileError`` where a file of the model has become shorter: what was read of it may be zeros.
  func check() throws(FileError) { try checkpoint.check() }

  /// Bytes of everything that a token is multiplied with.
  var byteCount: Int { blocks.reduce(unembedding.byteCount) { $0 + $1.byteCount } }

  /// Maps all of it at once.
  /// - Throws: ``FileError`` where a file has become shorter, or cannot be read.
  func pageIn(_ workers: Workers) throws(FileError) {
    try workers.forEach(blocks.count + 1) { task, _ throws(FileError) in
      if task == blocks.count { return try unembedding.pageIn(rows: 0..<unembedding.rows) }
      try blocks[task].forEachWeight { weight throws(FileError) in try weight.pageIn(rows: 0..<weight.rows) }
    }
  }

  /// Gives the pages of all weights back.
  func release() {
    for block in blocks { block.forEachWeight { $0.release() } }
    unembedding.release()
    embedding.release()
  }
}

extension ModelWeights.Linear {
  /// Gives the pages back.
  func release() {
    weight.release()
    bias?.release()
  }
}

extension ModelWeights.Block {
  /// Calls `body` with every weight and bias of the block.
  func forEachWeight<Failure: Error>(_ body: (Weight) throws(Failure) -> Void) throws(Failure) {
    for norm in [attentionNorm, mlpNorm, queryNorm, keyNorm, attentionPostNorm, mlpPostNorm] {
      if let norm { try body(norm) }
    }
    for linear in [query, key, value, output, gate, up, down] {
      try body(linear.weight)
      if let bias = linear.bias { try body(bias) }
    }
  }

  /// Bytes of all weights and biases.
  var byteCount: Int {
    var count = 0
    forEachWeight { count += $0.byteCount }
    return count
  }

  /// Bytes that would have to be read from the disk now.
  var uncachedBytes: Int {
    var count = 0
    forEachWeight { count += $0.uncachedBytes }
    return count
  }
}

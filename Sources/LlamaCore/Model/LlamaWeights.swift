import Foundation

/// Every weight of a model by its role, still in the mapped files.
///
/// Matrices are `[outputs, inputs]` as PyTorch stores them.
struct LlamaWeights: Sendable {
  /// One block's weights.
  struct Block: Sendable {
    let attentionNorm: Weight
    let query, key, value, output: Projection
    let mlpNorm: Weight
    let gate, up, down: Projection
  }

  /// A linear layer.
  struct Projection: Sendable {
    let weight: Weight
    let bias: Weight?
  }

  private let checkpoint: Checkpoint
  let embedding: Weight
  let blocks: [Block]
  let finalNorm: Weight
  /// `[vocabularySize, hiddenSize]`; the embedding itself where tied.
  let unembedding: Weight

  /// Finds every tensor of `configuration` in `checkpoint`.
  /// - Throws: ``CheckpointError`` with all that is missing, unexpected, or of the wrong shape or type.
  init(_ checkpoint: Checkpoint, _ configuration: LlamaConfiguration) throws(CheckpointError) {
    self.checkpoint = checkpoint
    var finder = Finder(checkpoint)
    let hidden = configuration.hiddenSize
    let inner = configuration.intermediateSize
    embedding = finder.weight("embed_tokens.weight", [configuration.vocabularySize, hidden])
    blocks = (0..<configuration.layerCount).map { layer in
      func projection(_ name: String, _ outputs: Int, _ inputs: Int, bias: Bool) -> Projection {
        let name = "layers.\(layer).\(name)"
        let weight = finder.weight("\(name).weight", [outputs, inputs])
        return Projection(weight: weight, bias: finder.bias("\(name).bias", outputs, expected: bias))
      }
      let query = configuration.queryWidth
      let keyValue = configuration.keyValueWidth
      let hasBias = configuration.attentionBias
      let mlpBias = configuration.mlpBias
      return Block(
        attentionNorm: finder.weight("layers.\(layer).input_layernorm.weight", [hidden]),
        query: projection("self_attn.q_proj", query, hidden, bias: hasBias),
        key: projection("self_attn.k_proj", keyValue, hidden, bias: hasBias),
        value: projection("self_attn.v_proj", keyValue, hidden, bias: hasBias),
        output: projection("self_attn.o_proj", hidden, query, bias: hasBias),
        mlpNorm: finder.weight("layers.\(layer).post_attention_layernorm.weight", [hidden]),
        gate: projection("mlp.gate_proj", inner, hidden, bias: mlpBias),
        up: projection("mlp.up_proj", inner, hidden, bias: mlpBias),
        down: projection("mlp.down_proj", hidden, inner, bias: mlpBias))
    }
    finalNorm = finder.weight("norm.weight", [hidden])
    // A tied model whose file holds an unembedding all the same: transformers uses what the file holds.
    let isTied = configuration.tiedEmbeddings && checkpoint.tensor("lm_head.weight") == nil
    let unembeddingShape = [configuration.vocabularySize, hidden]
    unembedding = isTied ? embedding : finder.weight("lm_head.weight", unembeddingShape, prefixed: false)
    if let extra = finder.firstBlock(from: configuration.layerCount) {
      finder.faults.append("\(extra): num_hidden_layers is \(configuration.layerCount)")
    }
    guard finder.faults.isEmpty else {
      throw CheckpointError(path: checkpoint.directory.relativePath, reason: .mismatch(finder.faults))
    }
  }
}

extension LlamaWeights {
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
}

extension LlamaModel {
  /// Bytes of weights that a step of decoding reads.
  package var decodingBytes: Int { weights.byteCount }

  /// Gives the pages of all weights back, which a session leaves mapped.
  package func releaseWeights() {
    for block in weights.blocks { block.forEachWeight { $0.release() } }
    weights.unembedding.release()
    weights.embedding.release()
  }
}

/// Looks tensors up by name and gathers what does not fit, so that one message can tell all of it.
private struct Finder {
  let checkpoint: Checkpoint
  /// `model.`, or empty in a checkpoint of the bare decoder, which transformers reads as well.
  let prefix: String
  var faults: [String] = []

  init(_ checkpoint: Checkpoint) {
    self.checkpoint = checkpoint
    let isBare =
      checkpoint.tensor("model.embed_tokens.weight") == nil && checkpoint.tensor("embed_tokens.weight") != nil
    prefix = isBare ? "" : "model."
  }

  mutating func weight(_ name: String, _ shape: [Int], prefixed: Bool = true) -> Weight {
    let name = prefixed ? prefix + name : name
    guard let (file, tensor) = checkpoint.location(of: name) else {
      faults.append("\(name) is missing, expected \(shape)")
      return .absent
    }
    if tensor.shape != shape { faults.append("\(name): expected \(shape), found \(tensor.shape.shapeText)") }
    if !tensor.type.computes { faults.append("\(name): expected F32, F16 or BF16, found \(tensor.type.rawValue)") }
    return Weight(file: file, tensor: tensor)
  }

  /// A bias that the configuration does not mention would silently be left out of the sum: refused.
  mutating func bias(_ name: String, _ count: Int, expected: Bool) -> Weight? {
    if expected { return weight(name, [count]) }
    if checkpoint.tensor(prefix + name) != nil { faults.append("\(prefix)\(name): expected no bias, found one") }
    return nil
  }

  func firstBlock(from layer: Int) -> String? {
    // Of bytes: for `hasPrefix` a combining mark behind it makes it another.
    return checkpoint.tensors.first { $0.name.utf8.starts(with: "\(prefix)layers.\(layer).".utf8) }?.name
  }
}

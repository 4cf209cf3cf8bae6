/// Names of a family's tensors in a checkpoint: the single table used for reading, writing and random weights.
package struct TensorNames: Sendable, Equatable {
  let embedding, finalNorm, unembedding: String
  /// Text before and after a block's number in the names of its tensors.
  let blockPrefix, blockSuffix: String
  /// For each part of a block, the rest of the name, without `.weight` or `.bias`. Parts with the same name are fused:
  /// their rows are concatenated in one tensor, in the order of ``BlockPart``.
  let parts: [BlockPart: String]

  package init(
    embedding: String, finalNorm: String, unembedding: String, blockPrefix: String, blockSuffix: String,
    parts: [BlockPart: String]
  ) {
    (self.embedding, self.finalNorm, self.unembedding) = (embedding, finalNorm, unembedding)
    (self.blockPrefix, self.blockSuffix, self.parts) = (blockPrefix, blockSuffix, parts)
  }

  /// Returns the name prefix of a block's tensors.
  func block(_ layer: Int) -> String { "\(blockPrefix)\(layer)\(blockSuffix)" }
}

/// A part of a block that has weights, in the order of use.
package enum BlockPart: Int, CaseIterable, Sendable {
  case attentionNorm, query, key, value, queryNorm, keyNorm, output, attentionPostNorm
  case mlpNorm, gate, up, down, mlpPostNorm
}

/// A tensor of a model: its name in a checkpoint, its shape, and the roles of its rows.
struct ModelTensor: Sendable {
  enum Role: Hashable, Sendable {
    case embedding, finalNorm, unembedding
    case weight(BlockPart, layer: Int)
    case bias(BlockPart, layer: Int)
  }

  let name: String
  private(set) var shape: [Int]
  private(set) var slices: [(role: Role, rows: Range<Int>)]

  init(_ role: Role, _ name: String, _ shape: [Int]) {
    (self.name, self.shape) = (name, shape)
    slices = [(role, 0..<(shape.first ?? 0))]
  }

  /// Appends the rows of another role.
  mutating func fuse(_ other: ModelTensor) {
    let start = shape[0]
    shape[0] += other.shape[0]
    slices += other.slices.map { ($0.role, start + $0.rows.lowerBound..<start + $0.rows.upperBound) }
  }
}

extension ModelSpec {
  /// All tensors of the model in file order, grouped by block.
  var tensors: [ModelTensor] {
    var tensors = [ModelTensor(.embedding, names.embedding, [vocabularySize, hiddenSize])]
    for layer in blocks.indices { tensors += self.tensors(ofBlock: layer) }
    tensors.append(ModelTensor(.finalNorm, names.finalNorm, [hiddenSize]))
    if !tiedEmbeddings { tensors.append(unembedding) }
    return tensors
  }

  /// The unembedding, also when it is tied and may be absent from a file.
  var unembedding: ModelTensor { ModelTensor(.unembedding, names.unembedding, [vocabularySize, hiddenSize]) }

  private func tensors(ofBlock layer: Int) -> [ModelTensor] {
    var tensors: [ModelTensor] = []
    func add(_ tensor: ModelTensor) {
      if let place = tensors.firstIndex(where: { $0.name == tensor.name }) {
        tensors[place].fuse(tensor)
      } else {
        tensors.append(tensor)
      }
    }
    for part in BlockPart.allCases {
      guard let shape = blocks[layer].shape(of: part, hiddenSize), let name = names.parts[part] else { continue }
      let path = names.block(layer) + name
      add(ModelTensor(.weight(part, layer: layer), path + ".weight", shape))
      if blocks[layer].hasBias(part) { add(ModelTensor(.bias(part, layer: layer), path + ".bias", [shape[0]])) }
    }
    return tensors
  }
}

extension BlockSpec {
  /// Returns the shape of a part's weight, `[outputs, inputs]` as PyTorch stores it; nil if the block lacks the part.
  func shape(of part: BlockPart, _ hidden: Int) -> [Int]? {
    let (query, keyValue, inner) = (attention.queryWidth, attention.keyValueWidth, mlp.intermediateSize)
    switch part {
    case .attentionNorm, .mlpNorm: return preNorm == nil ? nil : [hidden]
    case .attentionPostNorm, .mlpPostNorm: return postNorm == nil ? nil : [hidden]
    case .query: return [query, hidden]
    case .key, .value: return [keyValue, hidden]
    case .output: return [hidden, query]
    case .gate, .up: return [inner, hidden]
    case .down: return [hidden, inner]
    case .queryNorm, .keyNorm:
      switch attention.queryKeyNorm {
      case nil: return nil
      case .perHead: return [attention.headDimension]
      case .perToken: return [part == .queryNorm ? query : keyValue]
      }
    }
  }

  /// Returns true if a part has a bias, of as many elements as it has outputs.
  func hasBias(_ part: BlockPart) -> Bool {
    switch part {
    case .query: attention.biases.contains(.query)
    case .key: attention.biases.contains(.key)
    case .value: attention.biases.contains(.value)
    case .output: attention.biases.contains(.output)
    case .gate, .up, .down: mlp.hasBiases
    case .attentionNorm, .queryNorm, .keyNorm, .attentionPostNorm, .mlpNorm, .mlpPostNorm: false
    }
  }
}

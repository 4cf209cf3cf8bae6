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
package struct ModelTensor: Sendable {
  enum Role: Hashable, Sendable {
    case embedding, finalNorm, unembedding
    case weight(BlockPart, layer: Int)
    case bias(BlockPart, layer: Int)
  }

  package let name: String
  package let shape: [Int]
  let slices: [(role: Role, rows: Range<Int>)]

  fileprivate init(_ role: Role, _ name: String, _ shape: [Int]) {
    (self.name, self.shape) = (name, shape)
    slices = [(role, 0..<(shape.first ?? 0))]
  }

  fileprivate init(_ tensor: BlockTensor, prefix: String, layer: Int) {
    (name, shape) = (prefix + tensor.suffix, tensor.shape)
    slices = tensor.slices.map {
      (tensor.isBias ? .bias($0.part, layer: layer) : .weight($0.part, layer: layer), $0.rows)
    }
  }
}

/// A tensor of any block of a kind: the rest of its name, and the parts that its rows are.
private struct BlockTensor {
  let suffix: String
  let isBias: Bool
  private(set) var shape: [Int]
  private(set) var slices: [(part: BlockPart, rows: Range<Int>)] = []

  init(_ suffix: String, isBias: Bool, _ shape: [Int]) {
    (self.suffix, self.isBias) = (suffix, isBias)
    self.shape = [0] + shape.dropFirst()
  }

  /// Appends the rows of a part.
  mutating func append(_ part: BlockPart, rows: Int) {
    slices.append((part, shape[0]..<shape[0] + rows))
    shape[0] += rows
  }
}

extension ModelSpec {
  /// All tensors of the model in file order, grouped by block.
  package var tensors: [ModelTensor] {
    var tensors = [ModelTensor(.embedding, names.embedding, [vocabularySize, hiddenSize])]
    forEachBlock { layer, block in
      let prefix = names.block(layer)
      for tensor in block { tensors.append(ModelTensor(tensor, prefix: prefix, layer: layer)) }
    }
    tensors.append(ModelTensor(.finalNorm, names.finalNorm, [hiddenSize]))
    if !tiedEmbeddings { tensors.append(unembedding) }
    return tensors
  }

  /// The unembedding, also when it is tied and may be absent from a file.
  var unembedding: ModelTensor { ModelTensor(.unembedding, names.unembedding, [vocabularySize, hiddenSize]) }

  /// Number of parameters of the model, with a tied unembedding counted once.
  public var parameterCount: Int {
    var count = (tiedEmbeddings ? 1 : 2) * vocabularySize * hiddenSize + hiddenSize
    forEachBlock { _, block in for tensor in block { count += tensor.shape.reduce(1, *) } }
    return count
  }

  /// Calls `body` with the tensors of every block, which are made once for consecutive equal blocks.
  private func forEachBlock(_ body: (_ layer: Int, _ tensors: [BlockTensor]) -> Void) {
    var known: (block: BlockSpec, tensors: [BlockTensor])?
    for (layer, block) in blocks.enumerated() {
      let tensors = known.flatMap { $0.block == block ? $0.tensors : nil } ?? self.tensors(of: block)
      known = (block, tensors)
      body(layer, tensors)
    }
  }

  private func tensors(of block: BlockSpec) -> [BlockTensor] {
    var tensors: [BlockTensor] = []
    func add(_ part: BlockPart, _ suffix: String, isBias: Bool, _ shape: [Int]) {
      let place = tensors.firstIndex { $0.suffix == suffix } ?? tensors.count
      if place == tensors.count { tensors.append(BlockTensor(suffix, isBias: isBias, shape)) }
      tensors[place].append(part, rows: shape[0])
    }
    for part in BlockPart.allCases {
      guard let shape = block.shape(of: part, hiddenSize), let name = names.parts[part] else { continue }
      add(part, name + ".weight", isBias: false, shape)
      if block.hasBias(part) { add(part, name + ".bias", isBias: true, [shape[0]]) }
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

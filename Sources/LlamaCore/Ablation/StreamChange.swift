import Foundation

/// What a changed stream of an ablation differs in from its text.
enum StreamChange {
  /// Parts add 0.
  case removal(Removal)
  /// A block, attention or MLP has the weights of another checkpoint.
  case swap(BlockUnit)

  /// The changed parts, ascending.
  var units: [BlockUnit] {
    switch self {
    case .removal(let removal): removal.units
    case .swap(let unit): [unit]
    }
  }

  /// The first block that is changed.
  var firstLayer: Int { units.map(\.layer).min() ?? 0 }

  /// The block behind or inside which the stream parts from its text, see ``Removal/birthLayer``.
  var birthLayer: Int { removal?.birthLayer ?? firstLayer }

  /// The first block that is computed whole, with the model's own weights, for the changed stream.
  var firstCompleteLayer: Int { birthLayer + 1 }

  /// Parts that the stream is computed without; nil for none.
  var removal: Removal? {
    if case .removal(let removal) = self { removal } else { nil }
  }

  /// The swapped part; nil for a removal.
  var swappedUnit: BlockUnit? {
    if case .swap(let unit) = self { unit } else { nil }
  }

  /// Where in its first block the stream begins.
  var stage: RemovalLayout.Stage {
    switch self {
    case .removal(let removal): removal.stage
    case .swap(let unit):
      switch unit.part {
      case .attention: .swappedAttention
      case .mlp: .swappedMLP
      case .block, .head, .span: .swappedBlock
      }
    }
  }

  /// Name in messages, such as `removal of mlp:3`.
  func name(_ unit: BlockUnit) -> String { "\(removal == nil ? "swap" : "removal") of \(unit)" }
}

/// Weights of another checkpoint that an ablation tries, for the places of a model's program.
struct SwapWeights {
  let weights: ModelWeights
  /// The parts tried, by block.
  private let parts: [Int: Set<BlockUnit.Part>]

  /// Opens the checkpoint of a directory.
  /// - Throws: ``FileError``, ``SafetensorsError`` or ``CheckpointError``; ``EditError/otherShapes(directory:faults:)``
  ///   for other tensors than the model's.
  init(_ directory: URL, of model: LlamaModel, _ units: [BlockUnit]) throws {
    let other = try model.open(directory).weights
    weights = other.replacing(model.program.map { other.blocks[$0] }, alsoFrom: [])
    parts = Dictionary(grouping: units, by: \.layer).mapValues { Set($0.map(\.part)) }
  }

  /// Number of copies of the texts' rows that a block's swapped parts take together: a block and an MLP of the same
  /// place begin with other streams.
  var copies: Int { parts.values.contains { $0.isSuperset(of: [.block, .mlp]) } ? 2 : 1 }

  /// Bytes of the weights of all parts tried, each read once.
  var byteCount: Int {
    parts.reduce(0) { sum, block in
      guard weights.blocks.indices.contains(block.key) else { return sum }
      return sum + weights.blocks[block.key].byteCount(of: Self.read(block.value))
    }
  }

  /// Returns what is read for some parts of a block.
  static func read(_ parts: Set<BlockUnit.Part>) -> BlockUnit.Part {
    parts == [.attention] ? .attention : parts == [.mlp] ? .mlp : .block
  }
}

public import Foundation

/// A changed model as data: a program of blocks, and changes of what the blocks add to the residual stream.
///
/// ```swift
/// var edits = ModelEdits()
/// edits.program = Array(0...11) + Array(16...29)
/// edits.skipped = [BlockUnit(.attention, 3)]
/// let model = try LlamaModel(directory: directory).edited(by: edits)
/// ```
///
/// Blocks are identified by their index in the checkpoint wherever they stand in the program. Without edits, a model's
/// results have the same bits as if there were no such type.
public struct ModelEdits: Hashable, Sendable {
  /// Blocks to run, in this order; a block may be left out, moved or repeated. Nil for all blocks in their order.
  public var program: [Int]?
  /// Parts that add 0 instead of their output.
  public var skipped: Set<BlockUnit>
  /// True if position 0 keeps what a skipped part would have added to the run's own stream.
  public var keepsFirst: Bool
  /// Factors of what parts add; heads cannot be scaled.
  public var scales: [BlockUnit: Float]
  /// Vectors added to the stream after blocks.
  public var steering: [Steering]
  /// Blocks, attentions and MLPs whose weights come from other checkpoints; of several for one part the last counts.
  public var swaps: [Swap]

  /// A vector of `hiddenSize` numbers in a safetensors file, times a factor, added to the stream after a block.
  public struct Steering: Hashable, Sendable {
    public var file: URL
    /// Name of the tensor.
    public var tensor: String
    /// 0-based index of the block in the checkpoint.
    public var layer: Int
    public var factor: Float

    public init(file: URL, tensor: String, layer: Int, factor: Float = 1) {
      (self.file, self.tensor, self.layer, self.factor) = (file, tensor, layer, factor)
    }
  }

  /// Weights of another checkpoint with the same shapes, in place of those of the same blocks.
  public struct Swap: Hashable, Sendable {
    public var directory: URL
    /// Block, attention or MLP, each with its norms.
    public var part: BlockUnit.Part
    /// 0-based indices of the blocks in both checkpoints.
    public var layers: [Int]

    public init(directory: URL, part: BlockUnit.Part = .block, layers: [Int]) {
      (self.directory, self.part, self.layers) = (directory, part, layers)
    }
  }

  public init(
    program: [Int]? = nil, skipped: Set<BlockUnit> = [], keepsFirst: Bool = false, scales: [BlockUnit: Float] = [:],
    steering: [Steering] = [], swaps: [Swap] = []
  ) {
    (self.program, self.skipped, self.keepsFirst) = (program, skipped, keepsFirst)
    (self.scales, self.steering, self.swaps) = (scales, steering, swaps)
  }

  /// True if nothing is changed.
  public var isEmpty: Bool {
    program == nil && skipped.isEmpty && scales.allSatisfy { $0.value == 1 } && steering.isEmpty && swaps.isEmpty
  }

  /// Parts that the edits name, in a fixed order.
  var units: [BlockUnit] { (skipped.union(scales.keys)).sorted() }
}

// MARK: As text

extension ModelEdits: CustomStringConvertible {
  /// The edits in the words of the command line, such as `--layers 0-11,16-29 --skip attention:3`; empty without edits.
  public var description: String { words(file: \.relativePath) }

  /// Returns the edits in the words of the command line, in a fixed order.
  ///
  /// - Parameter file: text that stands for a file or directory.
  package func words(file: (URL) -> String) -> String {
    var words: [String] = []
    if let program { words.append("--layers \(BlockList.text(program))") }
    words += skipped.sorted().map { "--skip \($0)" }
    if keepsFirst, !skipped.isEmpty { words.append("--keep-first") }
    for (unit, factor) in scales.sorted(by: { $0.key < $1.key }) where factor != 1 {
      words.append("--scale \(unit)=\(factor)")
    }
    words += steering.map { "--steer \(file($0.file)):\($0.tensor)@\($0.layer)*\($0.factor)" }
    words += swaps.map { swap in
      let part = swap.part == .block ? "" : "\(swap.part.rawValue):"
      return "--swap-weights \(part)\(file(swap.directory))@\(BlockList.text(swap.layers))"
    }
    return words.joined(separator: " ")
  }
}

import Foundation
import Foundations

/// Division of an ablation into readings of the weights.
public struct RemovalPlan: Sendable, Equatable {
  /// Texts and removals, or swaps, that go through the blocks together.
  public struct Group: Sendable, Equatable {
    /// Indices of the texts.
    public let texts: Range<Int>
    /// Indices of the removals or swaps: all, unless a single text with all its changed copies does not fit into memory.
    public let removals: Range<Int>
    /// Number of rows behind the last block.
    public let rows: Int
  }

  /// The groups, each of which reads the weights once, by text and then by removal.
  public let groups: [Group]
  /// Blocks computed for a text, for each text and each changed copy of it: of `L` removals of one block
  /// `L + L(L - 1)/2`, of `L` swaps of one block `L + L(L + 1)/2`. The block that begins with another attention or MLP does not
  /// count.
  public let blockEvaluations: Int
  /// Operations of the products with weights, counting a multiplication and an addition as two.
  public let matmulOperations: Double
  /// Bytes of the weights that a group reads; of swaps also those of the other checkpoint, where a group has all of them.
  public let weightBytes: Int
  /// Peak resident memory of the process in bytes.
  public let peakBytes: Int
}

extension LlamaModel {
  /// Operations of a group, about a minute on two processors: no more than that is lost by a kill.
  private static let groupOperations = 6e12

  /// Plans an ablation of texts of these lengths.
  ///
  /// - Parameters:
  ///   - lengths: number of tokens of each text.
  ///   - removals: removals to try.
  ///   - base: parts that are removed from every stream; nil for none.
  ///   - hasEffects: true if the effects on later blocks are wanted.
  ///   - options: how the run uses the machine.
  /// - Throws: ``RunError/memoryLimit(needed:limit:)`` if the longest text with one removal needs more than the limit,
  ///   ``RunError/memory(needed:machine:)`` if it needs more than the machine has.
  public func plan(
    _ lengths: [Int], removals: [Removal], without base: Removal? = nil, hasEffects: Bool = false,
    options: RunOptions = RunOptions()
  ) throws(RunError) -> RemovalPlan {
    try plan(lengths, removals.map(StreamChange.removal), without: base, hasEffects: hasEffects, options: options)
  }

  /// Plans an ablation of all changes.
  ///
  /// - Parameters:
  ///   - base: parts that all streams are without.
  ///   - weights: what swaps take; nil without any.
  func plan(
    _ lengths: [Int], _ changes: [StreamChange], without base: Removal? = nil, from weights: SwapWeights? = nil,
    hasEffects: Bool, options: RunOptions
  ) throws(RunError) -> RemovalPlan {
    try check(options)
    let planner = RemovalPlanner(self, changes, without: base, from: weights, hasEffects: hasEffects, options)
    let limit = options.memoryLimit ?? SystemMemory.defaultLimit
    let machine = SystemMemory.total
    if let longest = lengths.max() {
      let needed = planner.bytes([longest], removals: changes.isEmpty ? 0..<0 : 0..<1)
      if let limit = options.memoryLimit, needed > limit { throw .memoryLimit(needed: needed, limit: limit) }
      if needed > machine { throw .memory(needed: needed, machine: machine) }
    }
    var groups: [RemovalPlan.Group] = []
    func append(_ texts: Range<Int>, _ removals: Range<Int>) {
      let rows = planner.rows(Array(lengths[texts]), removals: removals.count)
      groups.append(RemovalPlan.Group(texts: texts, removals: removals, rows: rows))
    }
    var first = 0
    while first < lengths.count {
      var end = first + 1
      if planner.bytes([lengths[first]], removals: changes.indices) > limit {
        // One text whose copies do not fit together.
        var start = 0
        repeat {
          var stop = start + 1
          while stop < changes.count, planner.bytes([lengths[first]], removals: start..<stop + 1) <= limit {
            stop += 1
          }
          append(first..<end, start..<min(stop, changes.count))
          start = stop
        } while start < changes.count
      } else {
        while end < lengths.count {
          let texts = Array(lengths[first...end])
          guard planner.operations(texts) <= Self.groupOperations,
            planner.bytes(texts, removals: changes.indices) <= limit
          else { break }
          end += 1
        }
        append(first..<end, changes.indices)
      }
      first = end
    }
    let evaluations = changes.reduce(spec.layerCount) {
      $0 + spec.layerCount - $1.firstCompleteLayer + ($1.swappedUnit?.part == .block ? 1 : 0)
    }
    return RemovalPlan(
      groups: groups, blockEvaluations: lengths.count * evaluations, matmulOperations: planner.operations(lengths),
      weightBytes: self.weights.byteCount + (weights?.byteCount ?? 0),
      peakBytes: groups.map { planner.bytes(Array(lengths[$0.texts]), removals: $0.removals) }.max() ?? 0)
  }
}

/// Rows, bytes and operations of groups.
private struct RemovalPlanner {
  private let model: LlamaModel
  private let hasEffects: Bool
  private let options: RunOptions
  private let observerTokenBytes: Int
  private let work: RemovalWork
  private let removals: Range<Int>
  private let ranges: [Range<Int>]
  private let weights: SwapWeights?

  init(
    _ model: LlamaModel, _ changes: [StreamChange], without base: Removal?, from weights: SwapWeights?,
    hasEffects: Bool, _ options: RunOptions
  ) {
    (self.model, self.weights, self.hasEffects) = (model, weights, hasEffects)
    observerTokenBytes = options.observerTokenBytes
    // Changed copies are not observed.
    self.options = { (options: RunOptions) in
      var options = options
      options.observerTokenBytes = 0
      return options
    }(options)
    removals = changes.indices
    work = RemovalWork(model.spec, changes, without: base)
    ranges = BatchLinear.columns(of: model.weights.unembedding, options.library)
  }

  func operations(_ lengths: [Int]) -> Double { work.operations(lengths.reduce(0, +), removals) }

  func rows(_ lengths: [Int], removals: Int) -> Int {
    RemovalLayout.rows(lengths, copies: 1 + removals, options)
  }

  /// Returns the peak memory of a group, of the whole process.
  func bytes(_ lengths: [Int], removals: Range<Int>) -> Int {
    let (rows, texts) = (rows(lengths, removals: removals.count), rows(lengths, removals: 0))
    let widest = ranges.map(\.count).max() ?? 0
    let streams = lengths.count * removals.count
    return model.peakBytes(options, rows: rows, longest: lengths.max() ?? 0)
      + rows * LogitComparison.rowBytes(ranges: ranges.count)
      // Each thread has the texts' logits and exponentials of a range.
      + options.threads * 8 * texts * widest + texts * observerTokenBytes
      + (hasEffects ? streams * model.spec.layerCount * MemoryLayout<RemovalCost.Effect?>.stride : 0)
      + swapBytes(lengths)
  }

  /// Returns the memory of the swapped parts: their activations, and what more of weights is mapped at once than the
  /// model's own.
  private func swapBytes(_ lengths: [Int]) -> Int {
    guard let weights else { return 0 }
    let rows = options.library.backend.capacity(rows: RemovalLayout.rows(lengths, copies: weights.copies, options))
    func mapped(_ weights: ModelWeights) -> Int {
      weights.blocks.map { $0.gate.weight.byteCount + $0.up.weight.byteCount }.max() ?? 0
    }
    return rows * ActivationBuffers.rowBytes(model.spec, options.precision)
      + max(0, mapped(weights.weights) - mapped(model.weights))
  }
}

/// Operations of an ablation's products with weights, counting a multiplication and an addition as two.
struct RemovalWork {
  /// Operations of a row in each block, and of its logits.
  private let blocks: [Double]
  private let logits: Double
  /// Operations of a row in the MLP of each block.
  private let mlps: [Double]
  /// For each removal or swap the first block that is computed whole, with the model's own weights, for its stream.
  private let starts: [Int]
  /// The swapped parts; nil for removals.
  private let swaps: [BlockUnit?]

  /// - Parameter base: parts that are removed from every stream. A block among them takes no time.
  init(_ spec: ModelSpec, _ changes: [StreamChange], without base: Removal? = nil) {
    blocks = spec.blocks.enumerated().map { layer, block in
      let isSkipped = base?.keepsFirst == false && base?.units.contains(BlockUnit(.block, layer)) == true
      return isSkipped ? 0 : 2 * Double(block.matmulElements(spec.hiddenSize))
    }
    mlps = spec.blocks.map { 6 * Double(spec.hiddenSize) * Double($0.mlp.intermediateSize) }
    logits = 2 * Double(spec.vocabularySize * spec.hiddenSize)
    starts = changes.map(\.firstCompleteLayer)
    swaps = changes.map(\.swappedUnit)
  }

  /// Returns the operations of a block for texts of `tokens` tokens in all and their streams.
  func operations(_ tokens: Int, _ removals: Range<Int>, block layer: Int) -> Double {
    Double(tokens)
      * (Double(1 + removals.count { starts[$0] <= layer }) * blocks[layer] + swapOperations(removals, block: layer))
  }

  /// Returns the operations of a row in the block where swaps begin: the other attention once for all of them, and the
  /// block's MLP, the other one or its own, for each.
  private func swapOperations(_ removals: Range<Int>, block layer: Int) -> Double {
    let parts = removals.compactMap { swaps[$0]?.layer == layer ? swaps[$0]?.part : nil }
    let attention = parts.contains { $0 != .mlp } ? blocks[layer] - mlps[layer] : 0
    return attention + Double(parts.count) * mlps[layer]
  }

  /// Returns the operations of the logits.
  func logits(_ tokens: Int, _ removals: Range<Int>) -> Double { Double(tokens) * Double(1 + removals.count) * logits }

  /// Returns all operations.
  func operations(_ tokens: Int, _ removals: Range<Int>) -> Double {
    blocks.indices.reduce(logits(tokens, removals)) { $0 + operations(tokens, removals, block: $1) }
  }
}

import Foundation
import Foundations

/// Division of an ablation into readings of the weights.
public struct RemovalPlan: Sendable, Equatable {
  /// Texts and removals that go through the blocks together.
  public struct Group: Sendable, Equatable {
    /// Indices of the texts.
    public let texts: Range<Int>
    /// Indices of the removals: all, unless a single text with all its changed copies does not fit into memory.
    public let removals: Range<Int>
    /// Number of rows behind the last block.
    public let rows: Int
  }

  /// The groups, each of which reads the weights once, by text and then by removal.
  public let groups: [Group]
  /// Blocks computed for a text, for each text and each changed copy of it: of `L` removals of one block
  /// `L + L(L - 1)/2`.
  public let blockEvaluations: Int
  /// Operations of the products with weights, counting a multiplication and an addition as two.
  public let matmulOperations: Double
  /// Bytes of the weights that a group reads.
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
  ///   - hasEffects: true if the effects on later blocks are wanted.
  ///   - options: how the run uses the machine.
  /// - Throws: ``RunError/memoryLimit(needed:limit:)`` if the longest text with one removal needs more than the limit,
  ///   ``RunError/memory(needed:machine:)`` if it needs more than the machine has.
  public func plan(
    _ lengths: [Int], removals: [Removal], hasEffects: Bool = false, options: RunOptions = RunOptions()
  ) throws(RunError) -> RemovalPlan {
    try check(options)
    let planner = RemovalPlanner(self, removals, hasEffects: hasEffects, options)
    let limit = options.memoryLimit ?? SystemMemory.defaultLimit
    let machine = SystemMemory.total
    if let longest = lengths.max() {
      let needed = planner.bytes([longest], removals: removals.isEmpty ? 0..<0 : 0..<1)
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
      if planner.bytes([lengths[first]], removals: removals.indices) > limit {
        // One text whose copies do not fit together.
        var start = 0
        repeat {
          var stop = start + 1
          while stop < removals.count, planner.bytes([lengths[first]], removals: start..<stop + 1) <= limit {
            stop += 1
          }
          append(first..<end, start..<min(stop, removals.count))
          start = stop
        } while start < removals.count
      } else {
        while end < lengths.count {
          let texts = Array(lengths[first...end])
          guard planner.operations(texts) <= Self.groupOperations,
            planner.bytes(texts, removals: removals.indices) <= limit
          else { break }
          end += 1
        }
        append(first..<end, removals.indices)
      }
      first = end
    }
    let evaluations = spec.layerCount + removals.reduce(0) { $0 + spec.layerCount - $1.firstCompleteLayer }
    return RemovalPlan(
      groups: groups, blockEvaluations: lengths.count * evaluations, matmulOperations: planner.operations(lengths),
      weightBytes: weights.byteCount,
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

  init(_ model: LlamaModel, _ removals: [Removal], hasEffects: Bool, _ options: RunOptions) {
    (self.model, self.hasEffects) = (model, hasEffects)
    observerTokenBytes = options.observerTokenBytes
    // Changed copies are not observed.
    self.options = { (options: RunOptions) in
      var options = options
      options.observerTokenBytes = 0
      return options
    }(options)
    self.removals = removals.indices
    work = RemovalWork(model.spec, removals)
    ranges = BatchLinear.columns(of: model.weights.unembedding, options.library)
  }

  func operations(_ lengths: [Int]) -> Double { work.operations(lengths.reduce(0, +), removals) }

  func rows(_ lengths: [Int], removals: Int) -> Int {
    var packer = RowPacker(options)
    for _ in 0...removals { for length in lengths { _ = packer.place(length) } }
    return packer.rows
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
  }
}

extension Removal {
  /// The first block that is computed whole for the changed stream.
  var firstCompleteLayer: Int { birthLayer + 1 }
}

/// Operations of an ablation's products with weights, counting a multiplication and an addition as two.
struct RemovalWork {
  /// Operations of a row in each block, and of its logits.
  private let blocks: [Double]
  private let logits: Double
  /// For each removal the first block that is computed whole for its stream.
  private let starts: [Int]

  init(_ spec: ModelSpec, _ removals: [Removal]) {
    blocks = spec.blocks.map { 2 * Double($0.matmulElements(spec.hiddenSize)) }
    logits = 2 * Double(spec.vocabularySize * spec.hiddenSize)
    starts = removals.map(\.firstCompleteLayer)
  }

  /// Returns the operations of a block for texts of `tokens` tokens in all and their streams.
  func operations(_ tokens: Int, _ removals: Range<Int>, block layer: Int) -> Double {
    Double(tokens) * Double(1 + removals.count { starts[$0] <= layer }) * blocks[layer]
  }

  /// Returns the operations of the logits.
  func logits(_ tokens: Int, _ removals: Range<Int>) -> Double { Double(tokens) * Double(1 + removals.count) * logits }

  /// Returns all operations.
  func operations(_ tokens: Int, _ removals: Range<Int>) -> Double {
    blocks.indices.reduce(logits(tokens, removals)) { $0 + operations(tokens, removals, block: $1) }
  }
}

import Foundation
import Foundations

/// Resources that a run will use, estimated in advance.
public struct RunPlan: Sendable, Equatable {
  /// Number of texts.
  public let texts: Int
  /// Number of tokens.
  public let tokens: Int
  /// Number of waves.
  public let waves: Int
  /// Row capacity of a wave under the memory limit, including padding between texts. A longer text gets its own wave.
  public let waveTokens: Int
  /// Number of rows of the largest wave.
  public let largestWave: Int
  /// Operations of the products with weights, counting a multiplication and an addition as two.
  public let matmulOperations: Double
  /// Operations of attention's two products, without masked scores.
  public let attentionOperations: Double
  /// Bytes of the blocks' weights as stored, which every wave reads.
  public let weightBytes: Int
  /// Peak resident memory of the process in bytes: buffers, the pages of the weights in use, the memory of the
  /// observer, and the process itself.
  public let peakBytes: Int

  /// Total number of operations.
  public var operations: Double { matmulOperations + attentionOperations }
}

extension LlamaModel {
  /// Plans a run over texts of these lengths.
  /// - Parameters:
  ///   - lengths: number of tokens of each text.
  ///   - options: how the run uses the machine.
  /// - Throws: ``RunError/option(_:expected:found:)``, ``RunError/memoryLimit(needed:limit:)`` if the longest text
  ///   alone needs more than ``RunOptions/memoryLimit``, ``RunError/memory(needed:machine:)`` if it needs more than the
  ///   machine has.
  public func plan(_ lengths: [Int], options: RunOptions = RunOptions()) throws(RunError) -> RunPlan {
    try plan(lengths, blocks: spec.layerCount, options)
  }

  /// Returns the plan of a run through the first `blocks` blocks.
  package func plan(_ lengths: [Int], blocks: Int, _ options: RunOptions) throws(RunError) -> RunPlan {
    try check(options)
    let options = try fitted(options, lengths)
    let waves = BatchLayout.plan(lengths, options)
    let run = spec.blocks.prefix(blocks)
    let elements = run.reduce(0) { $0 + $1.matmulElements(spec.hiddenSize) }
    // If likelihoods are requested, the unembedding is a product of the run, not of a block.
    let vocabulary = options.isLikelihoodWanted ? spec.vocabularySize * spec.hiddenSize : 0
    let tokens = lengths.reduce(0, +)
    return RunPlan(
      texts: lengths.count, tokens: tokens, waves: waves.count, waveTokens: options.waveTokens,
      largestWave: waves.map(\.rows).max() ?? 0,
      matmulOperations: 2 * Double(tokens) * (Double(elements) + Double(vocabulary)),
      attentionOperations: run.reduce(0) { $0 + 4 * $1.attention.pairs(lengths) * Double($1.attention.queryWidth) },
      weightBytes: weights.blocks.prefix(blocks).reduce(0) { $0 + $1.byteCount },
      peakBytes: peakBytes(
        options, rows: waves.map(\.rows).max() ?? 0, longest: waves.map(\.longest).max() ?? 0))
  }

  /// Returns `options` with a wave that fits into the available memory.
  func fitted(_ options: RunOptions, _ lengths: [Int]) throws(RunError) -> RunOptions {
    var options = options
    let limit = options.memoryLimit ?? SystemMemory.defaultLimit
    let longest = lengths.max() ?? 0
    func needed(_ tokens: Int) -> Int { peakBytes(options, rows: max(tokens, longest), longest: longest) }
    // The default limit is not a request: a longer text may exceed it.
    if options.memoryLimit != nil, needed(longest) > limit {
      throw .memoryLimit(needed: needed(longest), limit: limit)
    }
    let machine = SystemMemory.total
    if needed(longest) > machine { throw .memory(needed: needed(longest), machine: machine) }
    // Memory grows with the wave: find the largest that fits, in small steps.
    var tokens = max(1, longest)
    while tokens < options.waveTokens, needed(min(options.waveTokens, tokens + 64)) <= limit {
      tokens = min(options.waveTokens, tokens + 64)
    }
    options.waveTokens = min(tokens, options.waveTokens)
    return options
  }

  func peakBytes(_ options: RunOptions, rows: Int, longest: Int) -> Int {
    // At most gate and up weights are mapped at once.
    let mapped = weights.blocks.map { $0.gate.weight.byteCount + $0.up.weight.byteCount }.max() ?? 0
    let ranges = options.isLikelihoodWanted ? BatchLinear.columns(of: weights.unembedding, options.library).count : 0
    return ForwardPass.byteCount(spec, options, rows: rows, longest: longest) + mapped
      + rows * (8 * ranges + options.observerTokenBytes) + options.observerBytes + Self.processBytes
  }

  /// Measured size of code, libraries and a tokenizer.
  private static let processBytes = 60_000_000
}

extension LlamaModel {
  /// Bytes of the blocks' weights that are not in the system's file cache.
  package var uncachedWeightBytes: Int { weights.blocks.reduce(0) { $0 + $1.uncachedBytes } }

  /// Reads the weights of a block that are not cached; returns bytes and seconds.
  /// - Throws: ``FileError`` if a file has become shorter, or cannot be read.
  package func readBlock(_ layer: Int) throws(FileError) -> (bytes: Int, seconds: Double) {
    guard weights.blocks.indices.contains(layer) else { return (0, 0) }
    let bytes = weights.blocks[layer].uncachedBytes
    let clock = ContinuousClock()
    let start = clock.now
    weights.blocks[layer].forEachWeight { $0.willNeed() }
    try weights.blocks[layer].forEachWeight { weight throws(FileError) in try weight.pageIn(rows: 0..<weight.rows) }
    let elapsed = clock.now - start
    weights.blocks[layer].forEachWeight { $0.release() }
    return (bytes, elapsed / .seconds(1))
  }
}

extension BlockSpec {
  /// Returns the elements of a block's weights by which every token is multiplied.
  package func matmulElements(_ hiddenSize: Int) -> Int {
    2 * hiddenSize * (attention.queryWidth + attention.keyValueWidth) + 3 * hiddenSize * mlp.intermediateSize
  }
}

extension AttentionSpec {
  /// Returns the number of pairs of a query and a visible key, in texts of these lengths.
  func pairs(_ lengths: [Int]) -> Double {
    lengths.reduce(0.0) { sum, length in
      let all = Double(length) * Double(length + 1) / 2
      guard let window, length > window else { return sum + all }
      let hidden = Double(length - window) * Double(length - window + 1) / 2
      return sum + all - hidden
    }
  }
}

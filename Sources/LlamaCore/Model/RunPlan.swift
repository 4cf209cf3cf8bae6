import Foundation

/// What a run will take of the machine, known before it is run.
public struct RunPlan: Sendable, Equatable {
  /// Texts of the run.
  public let texts: Int
  /// Tokens of the run.
  public let tokens: Int
  /// Waves that the texts go through the blocks in.
  public let waves: Int
  /// Most rows of a wave, by the memory there is: tokens, and what must lie between texts; a longer text is a wave of its
  /// own.
  public let waveTokens: Int
  /// Rows of the largest wave.
  public let largestWave: Int
  /// Operations of the products with weights, a multiplication and an addition being two.
  public let matmulOperations: Double
  /// Operations of attention's two products, those that the causal mask throws away not counted.
  public let attentionOperations: Double
  /// Bytes of the blocks' weights as stored: what every wave reads.
  public let weightBytes: Int
  /// Peak resident memory of the process, in bytes: buffers, the pages of the weights in use, what the
  /// profiler takes for the spectrum, and the process itself.
  public let peakBytes: Int

  /// All operations.
  public var operations: Double { matmulOperations + attentionOperations }
}

extension LlamaModel {
  /// Plans a run over texts of these lengths.
  /// - Parameters:
  ///   - lengths: tokens of each text.
  ///   - options: how the run uses the machine.
  /// - Throws: ``RunError/option(_:expected:found:)``, ``RunError/memoryLimit(needed:limit:)`` where the longest text alone needs more than
  ///   ``RunOptions/memoryLimit``, ``RunError/memory(needed:machine:)`` where it needs more than the machine has.
  public func plan(_ lengths: [Int], options: RunOptions = RunOptions()) throws(RunError) -> RunPlan {
    try plan(lengths, blocks: spec.layerCount, options)
  }

  /// The plan of a run through the first `blocks` blocks.
  package func plan(_ lengths: [Int], blocks: Int, _ options: RunOptions) throws(RunError) -> RunPlan {
    try check(options)
    let options = try fitted(options, lengths)
    let waves = BatchLayout.plan(lengths, options)
    let run = spec.blocks.prefix(blocks)
    let elements = run.reduce(0) { $0 + $1.matmulElements(spec.hiddenSize) }
    // The unembedding, where likelihoods are wanted, is a product of the run's, not of a block.
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

  /// `options` with a wave that fits into the memory there is.
  func fitted(_ options: RunOptions, _ lengths: [Int]) throws(RunError) -> RunOptions {
    var options = options
    let limit = options.memoryLimit ?? SystemMemory.defaultLimit
    let longest = lengths.max() ?? 0
    func needed(_ tokens: Int) -> Int { peakBytes(options, rows: max(tokens, longest), longest: longest) }
    // Nobody asked for the default limit: a text that needs more may try.
    if options.memoryLimit != nil, needed(longest) > limit {
      throw .memoryLimit(needed: needed(longest), limit: limit)
    }
    let machine = SystemMemory.total
    if needed(longest) > machine { throw .memory(needed: needed(longest), machine: machine) }
    // Memory grows with the wave: the largest that fits, in steps that change little.
    var tokens = max(1, longest)
    while tokens < options.waveTokens, needed(min(options.waveTokens, tokens + 64)) <= limit {
      tokens = min(options.waveTokens, tokens + 64)
    }
    options.waveTokens = min(tokens, options.waveTokens)
    return options
  }

  private func peakBytes(_ options: RunOptions, rows: Int, longest: Int) -> Int {
    // Of the weights at most gate and up are mapped at once.
    let mapped = weights.blocks.map { $0.gate.weight.byteCount + $0.up.weight.byteCount }.max() ?? 0
    let ranges = options.isLikelihoodWanted ? BatchLinear.columns(of: weights.unembedding, options.library).count : 0
    return ForwardPass.byteCount(spec, options, rows: rows, longest: longest) + mapped
      + 8 * rows * ranges + options.observerBytes + Self.processBytes
  }

  /// Code, libraries and a tokenizer, as measured.
  private static let processBytes = 60_000_000
}

extension LlamaModel {
  /// Bytes of the blocks' weights that are not in the system's file cache.
  package var uncachedWeightBytes: Int { weights.blocks.reduce(0) { $0 + $1.uncachedBytes } }

  /// Reads the weights of a block that are not cached; bytes and seconds.
  /// - Throws: ``FileError`` where a file has become shorter, or cannot be read.
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
  /// Elements of a block's weights that every token is multiplied with.
  package func matmulElements(_ hiddenSize: Int) -> Int {
    2 * hiddenSize * (attention.queryWidth + attention.keyValueWidth) + 3 * hiddenSize * mlp.intermediateSize
  }
}

extension AttentionSpec {
  /// Pairs of a query and a key that it sees, in texts of these lengths.
  func pairs(_ lengths: [Int]) -> Double {
    lengths.reduce(0.0) { sum, length in
      let all = Double(length) * Double(length + 1) / 2
      guard let window, length > window else { return sum + all }
      let hidden = Double(length - window) * Double(length - window + 1) / 2
      return sum + all - hidden
    }
  }
}

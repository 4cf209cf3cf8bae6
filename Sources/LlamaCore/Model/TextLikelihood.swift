import Foundation

/// Likelihood of a text under a model: the negative log-likelihood of each token given those before it, in nats.
public struct TextLikelihood: Sendable, Equatable {
  /// `-ln p(token | tokens before it)` of the tokens at positions 1, 2 and so on; empty for a text of one token.
  public let tokens: [Double]

  package init(tokens: [Double]) { self.tokens = tokens }

  /// The text's negative log-likelihood, in nats.
  public var sum: Double { tokens.reduce(0, +) }

  /// The mean over tokens, in nats: the text's cross-entropy; `exp(mean)` is its perplexity. Nil for a text of one
  /// token.
  public var mean: Double? { tokens.isEmpty ? nil : sum / Double(tokens.count) }

  /// Returns `ln Σ exp` of a vocabulary, of those of its ranges in ascending order.
  static func logSumExp(ofParts parts: [Double]) -> Double {
    let maximum = parts.max() ?? 0
    return maximum + log(parts.reduce(0) { $0 + exp($1 - maximum) })
  }
}

extension LlamaModel {
  /// Runs all blocks on `texts` and returns the likelihood of each of them.
  ///
  /// Logits are computed in tiles of the vocabulary and of the positions, of which only sums are kept, in double
  /// precision: memory does not grow with tokens times vocabulary. Results of a text are bit-identical whatever the
  /// other texts, their order, the threads and the size of the waves.
  /// - Throws: ``RunError`` before any computation.
  public func negativeLogLikelihood(
    of texts: [[TokenID]], options: RunOptions = RunOptions()
  ) throws -> [TextLikelihood] {
    var nobody = NoObserver()
    return try negativeLogLikelihood(of: texts, options: options, observer: &nobody)
  }

  /// As above, with an observer of the blocks.
  /// - Throws: ``RunError`` before any computation, or an error of the observer.
  public func negativeLogLikelihood(
    of texts: [[TokenID]], options: RunOptions = RunOptions(), observer: inout some LayerObserver
  ) throws -> [TextLikelihood] {
    var result: [TextLikelihood] = []
    result.reserveCapacity(texts.count)
    try run(texts, options: options, observer: &observer) { _, likelihood in result.append(likelihood) }
    return result
  }

  /// Runs all blocks on `texts`, passes their results to `observer`, and reports the likelihood of each text.
  ///
  /// - Parameters:
  ///   - texts: token ids, including a BOS token if the model expects one.
  ///   - options: how the run uses the machine.
  ///   - observer: see ``LayerObserver`` for when it is called.
  ///   - progress: called on the caller's thread after every block of every wave. An error thrown here stops the run.
  ///   - likelihood: called for every text, in order, on the caller's thread, after the last block of the text's wave.
  /// - Returns: the time that the threads spent, by phase.
  /// - Throws: ``RunError`` before any computation, `CancellationError` before the next block if the calling task is
  ///   cancelled, or an error of `observer`, `progress` or `likelihood`.
  @discardableResult
  public func run(
    _ texts: [[TokenID]], options: RunOptions = RunOptions(), observer: inout some LayerObserver,
    progress: ((RunProgress) throws -> Void)? = nil,
    likelihood: (_ text: Int, _ likelihood: TextLikelihood) throws -> Void
  ) throws -> RunTiming {
    try sweep(texts, options.withLikelihood, &observer, progress: progress) { pass, batch in
      try reportLikelihoods(texts, pass, batch, options, likelihood)
    }
  }

  private func reportLikelihoods(
    _ texts: [[TokenID]], _ pass: ForwardPass, _ batch: PackedBatch, _ options: RunOptions,
    _ likelihood: (_ text: Int, _ likelihood: TextLikelihood) throws -> Void
  ) throws {
    let sums = LikelihoodSums(batch, texts, columns: BatchLinear.columns(of: weights.unembedding, options.library))
    try pass.unembed(LogitRows(batch), sums.add)
    for slot in batch.slots {
      try likelihood(slot.index, TextLikelihood(tokens: sums.tokens(of: slot)))
    }
  }
}

/// Data kept of a wave's logits: for every row and range of the vocabulary the logarithm of the sum of the
/// exponentials, and the logit of the next token.
private final class LikelihoodSums: @unchecked Sendable {
  private let rows: Int
  /// First token of each range of the vocabulary, ascending.
  private let starts: [Int]
  /// The token after each row; -1 for a text's last row and rows between texts.
  private var next: [Int]
  /// `[ranges, rows]`. Each element is written once, by the worker that computes the tile.
  private let sums: UnsafeMutablePointer<Double>
  /// `[rows]`: the logit of `next`.
  private let logits: UnsafeMutablePointer<Double>

  init(_ batch: PackedBatch, _ texts: [[TokenID]], columns: [Range<Int>]) {
    rows = batch.rows
    starts = columns.map(\.lowerBound)
    next = Array(repeating: -1, count: rows)
    for slot in batch.slots {
      for (row, token) in zip(slot.rows, texts[slot.index].dropFirst()) { next[row] = Int(token) }
    }
    sums = .allocate(capacity: rows * columns.count)
    sums.initialize(repeating: .nan, count: rows * columns.count)
    logits = .allocate(capacity: rows)
    logits.initialize(repeating: .nan, count: rows)
  }

  deinit {
    sums.deallocate()
    logits.deallocate()
  }

  /// Adds the logits of some rows and a range of the vocabulary.
  func add(_ tile: OutputTile) {
    guard let range = starts.firstIndex(of: tile.columns.lowerBound) else { return }
    for row in tile.rows.clamped(to: 0..<rows) where next[row] >= 0 {
      let values = tile.row(row)
      if tile.columns.contains(next[row]) { logits[row] = Double(values[next[row] - tile.columns.lowerBound]) }
      sums[range * rows + row] = Softmax.logSumExp(values, count: tile.columns.count)
    }
  }

  /// Returns the negative log-likelihoods of a text's tokens except the first. Ranges are added in ascending order,
  /// whatever worker computed them.
  func tokens(of slot: PackedBatch.Slot) -> [Double] {
    slot.rows.dropLast().map { row in
      TextLikelihood.logSumExp(ofParts: starts.indices.map { sums[$0 * rows + row] }) - logits[row]
    }
  }
}

extension RunOptions {
  /// The options with memory reserved for the sums of a likelihood.
  fileprivate var withLikelihood: RunOptions {
    var options = self
    options.isLikelihoodWanted = true
    return options
  }
}

import Foundation

/// How likely a model finds a text: the negative log-likelihood of each token given those before it, in nats.
public struct TextLikelihood: Sendable, Equatable {
  /// `-ln p(token | tokens before it)` of the tokens at positions 1, 2 and so on; empty for a text of one token.
  public let tokens: [Double]

  package init(tokens: [Double]) { self.tokens = tokens }

  /// The text's negative log-likelihood, in nats.
  public var sum: Double { tokens.reduce(0, +) }

  /// The mean over tokens, in nats: what is called the text's cross-entropy or, as `exp(mean)`, its perplexity. Nil for a
  /// text of one token.
  public var mean: Double? { tokens.isEmpty ? nil : sum / Double(tokens.count) }
}

extension LlamaModel {
  /// Runs all blocks on `texts` and returns how likely the model finds each of them.
  ///
  /// Logits are computed in tiles of the vocabulary and of the positions, of which sums are kept, in double precision: memory
  /// does not grow with tokens times vocabulary. A text's numbers are bit for bit the same whatever the other texts, their
  /// order, the threads and the size of the waves.
  /// - Throws: ``RunError`` before anything is computed.
  public func negativeLogLikelihood(
    of texts: [[TokenID]], options: RunOptions = RunOptions()
  ) throws -> [TextLikelihood] {
    var nobody = NoObserver()
    return try negativeLogLikelihood(of: texts, options: options, observer: &nobody)
  }

  /// The same, while `observer` looks at the blocks.
  /// - Throws: ``RunError`` before anything is computed, or what the observer throws.
  public func negativeLogLikelihood(
    of texts: [[TokenID]], options: RunOptions = RunOptions(), observer: inout some LayerObserver
  ) throws -> [TextLikelihood] {
    var result: [TextLikelihood] = []
    result.reserveCapacity(texts.count)
    try run(texts, options: options, observer: &observer) { _, likelihood in result.append(likelihood) }
    return result
  }

  /// Runs all blocks on `texts`, shows them to `observer`, and reports how likely the model finds each text.
  ///
  /// - Parameters:
  ///   - texts: token ids, a BOS token included where the model wants one.
  ///   - options: how the run uses the machine.
  ///   - observer: see ``LayerObserver`` for when it is called.
  ///   - progress: called on the caller's thread after every block of every wave. An error thrown here stops the run.
  ///   - likelihood: called for every text, in order, on the caller's thread, after the last block of the text's wave.
  /// - Returns: what the threads spent their time on.
  /// - Throws: ``RunError`` before anything is computed, `CancellationError` before the next block where the task that
  ///   called is cancelled, or what `observer`, `progress` or `likelihood` throws.
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

/// What is kept of a wave's logits: for every row and range of the vocabulary the logarithm of the sum of the exponentials,
/// and the logit of the token that comes next.
private final class LikelihoodSums: @unchecked Sendable {
  private let rows: Int
  /// Where each range of the vocabulary begins, ascending.
  private let starts: [Int]
  /// The token that follows a row's; -1 for a text's last row and rows between texts.
  private var next: [Int]
  /// `[ranges, rows]`. Each place is written once, by whichever worker computes the tile.
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

  /// Takes in the logits of some rows and a range of the vocabulary.
  func add(_ tile: OutputTile) {
    guard let range = starts.firstIndex(of: tile.columns.lowerBound) else { return }
    for row in tile.rows.clamped(to: 0..<rows) where next[row] >= 0 {
      let values = tile.row(row)
      if tile.columns.contains(next[row]) { logits[row] = Double(values[next[row] - tile.columns.lowerBound]) }
      sums[range * rows + row] = Softmax.logSumExp(values, count: tile.columns.count)
    }
  }

  /// The negative log-likelihoods of a text's tokens but the first: ranges in ascending order, whoever computed them.
  func tokens(of slot: PackedBatch.Slot) -> [Double] {
    slot.rows.dropLast().map { row in
      let parts = starts.indices.map { sums[$0 * rows + row] }
      let maximum = parts.max() ?? 0
      let sum = parts.reduce(0) { $0 + exp($1 - maximum) }
      return maximum + log(sum) - logits[row]
    }
  }
}

extension RunOptions {
  /// These options with room for the sums of a likelihood.
  fileprivate var withLikelihood: RunOptions {
    var options = self
    options.isLikelihoodWanted = true
    return options
  }
}

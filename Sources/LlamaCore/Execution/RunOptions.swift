import Foundation

/// Options that control how a run uses the machine. No result of a run depends on `threads`, `waveTokens` or
/// `memoryLimit`.
public struct RunOptions: Sendable, Equatable {
  /// Precision of the matrix products.
  public var precision: Precision { didSet { library = .fastest(for: precision) } }
  /// The matrix library: the fastest available for the precision, except in tests.
  package var library: MatrixLibrary
  /// Number of computing threads, including the caller's: at least one and at most 1,024.
  public var threads: Int
  /// Maximum number of rows in a wave, at least one; fewer if memory is short. A row is a token, or padding that a BLAS
  /// needs between two texts. Matrix products reach full speed from about 1,000.
  public var waveTokens: Int
  /// Limit of peak resident memory in bytes; nil for half of the available memory. Memory that does not depend on the
  /// wave, such as the texts themselves, is estimated.
  public var memoryLimit: Int?
  /// Bytes that the observer needs on all threads together while it examines blocks; waves must leave them free.
  package var observerBytes = 0
  /// Bytes that the observer keeps of each token of a wave until the wave has passed through its last block.
  package var observerTokenBytes = 0
  /// True if the run computes likelihoods: the plan then includes the sums kept of its logits, and the products.
  package var isLikelihoodWanted = false

  /// Creates options, with every value below 1 raised to 1. The default is one thread per active processor.
  public init(
    precision: Precision = .float32, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    waveTokens: Int = 3072, memoryLimit: Int? = nil
  ) {
    self.precision = precision
    library = .fastest(for: precision)
    self.threads = threads
    self.waveTokens = waveTokens
    self.memoryLimit = memoryLimit
  }
}

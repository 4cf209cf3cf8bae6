import Foundation

/// How a run uses the machine. No number of a run depends on
/// `threads`, `waveTokens` or `memoryLimit`.
public struct RunOptions: Sendable, Equatable {
  /// What the matmuls compute in.
  public var precision: Precision { didSet { library = .fastest(for: precision) } }
  /// The library to multiply with: the fastest at hand for the precision, but in tests.
  package var library: MatrixLibrary
  /// Threads that compute, the caller's among them: at least one and at most 1,024.
  public var threads: Int
  /// Most rows of a wave, at least one; fewer where memory is short. A row is a token, or what a BLAS wants free between two
  /// texts. A matmul is at its best from about 1,000.
  public var waveTokens: Int
  /// Peak resident memory to stay within, in bytes; nil for half of what is available. What does not change with the wave,
  /// such as the texts themselves, is estimated.
  public var memoryLimit: Int?
  /// Bytes that the observer takes while it looks, all threads together: what waves have to leave free.
  package var observerBytes = 0
  /// The run computes likelihoods: the sums that are kept of its logits are part of the plan, and so are the products.
  package var isLikelihoodWanted = false

  /// Options with every value below 1 raised to 1. By default a thread per active processor.
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

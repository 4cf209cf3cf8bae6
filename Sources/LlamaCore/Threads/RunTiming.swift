/// Time spent by a run's threads, by phase.
public struct RunTiming: Sendable, Equatable {
  /// A kind of work. Times are sums over the threads.
  public enum Phase: Int, Sendable, CaseIterable {
    /// Mapping pages of weights, and waiting for the disk if they are not cached.
    case pageIn
    /// Conversion of weights to the precision of the product.
    case widen
    /// Products with weights.
    case matmul
    /// Scores, softmax and weighted sums of values.
    case attention
    /// Embedding, norms, RoPE, gated activation, additions, rounding.
    case vectorLoops
    /// Likelihoods and comparisons of logits, as they are computed.
    case logits
    /// Observers.
    case observer
  }

  /// Seconds of the whole run, from the first wave's first block to the last wave's last block.
  public internal(set) var wall: Double
  /// Number of computing threads.
  public let threads: Int
  /// Bytes of weights, as stored, that the products of a sweep have read and converted; again for every time.
  package let weightBytes: Int
  private var seconds: [Double]

  init(seconds: [Double], wall: Double, threads: Int, weightBytes: Int) {
    self.seconds = seconds
    self.wall = wall
    self.threads = threads
    self.weightBytes = weightBytes
  }

  /// The time of a run of nothing.
  init(threads: Int) {
    self.init(seconds: Phase.allCases.map { _ in 0 }, wall: 0, threads: threads, weightBytes: 0)
  }

  /// Seconds of one phase, summed over the threads.
  public subscript(phase: Phase) -> Double { seconds[phase.rawValue] }

  /// Adds the times of two runs, one after the other.
  package static func + (first: RunTiming, second: RunTiming) -> RunTiming {
    RunTiming(
      seconds: zip(first.seconds, second.seconds).map(+), wall: first.wall + second.wall, threads: first.threads,
      weightBytes: first.weightBytes + second.weightBytes)
  }

  /// Seconds that threads waited for others, summed over the threads.
  public var idle: Double { max(0, wall * Double(threads) - seconds.reduce(0, +)) }
}

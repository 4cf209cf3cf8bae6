/// What a run's threads spent their time on.
public struct RunTiming: Sendable, Equatable {
  /// A kind of work. Times are sums over the threads.
  public enum Phase: Int, Sendable, CaseIterable {
    /// Mapping pages of weights, and waiting for the disk where they are not cached.
    case pageIn
    /// Conversion of weights to what they are multiplied in.
    case widen
    /// Products with weights.
    case matmul
    /// Scores, softmax and mixing of values.
    case attention
    /// Embedding, norms, RoPE, gated activation, additions, rounding.
    case vectorLoops
    /// Whatever observes.
    case observer
  }

  /// Seconds of the whole run, from the first wave's first block to the last one's last.
  public internal(set) var wall: Double
  /// Threads that computed.
  public let threads: Int
  private var seconds: [Double]

  init(seconds: [Double], wall: Double, threads: Int) {
    self.seconds = seconds
    self.wall = wall
    self.threads = threads
  }

  /// Seconds of one phase, summed over the threads.
  public subscript(phase: Phase) -> Double { seconds[phase.rawValue] }

  /// Seconds that threads waited for others, summed over the threads.
  public var idle: Double { max(0, wall * Double(threads) - seconds.reduce(0, +)) }
}

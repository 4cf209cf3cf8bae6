public import Foundation

/// Work of one process on a run; an interrupted run has several sessions.
public struct RunSession: Sendable {
  /// Version of fp-cli.
  public var version: String
  public var threads: Int
  /// Requested limit, in bytes.
  public var memoryLimit: Int?
  /// Maximum tokens of a wave.
  public var waveTokens: Int?
  public var started: Date
  /// Time of the last commit.
  public var ended: Date
  /// Number of texts that were run.
  public var texts = 0
  public var tokens = 0
  /// Wall-clock seconds up to the last commit, including opening and tokenizing.
  public var seconds = 0.0
  /// Peak resident memory, in bytes.
  public var peakResident: Int?
  /// Breakdown of the threads' time, in thread-seconds; empty if the session did not complete.
  public var threadSeconds: [(name: String, seconds: Double)] = []

  public init(version: String, threads: Int, memoryLimit: Int? = nil, waveTokens: Int? = nil, started: Date) {
    self.version = version
    self.threads = threads
    self.memoryLimit = memoryLimit
    self.waveTokens = waveTokens
    self.started = started
    ended = started
  }
}

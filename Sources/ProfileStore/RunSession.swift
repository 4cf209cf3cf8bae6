public import Foundation

/// One process's work on a run: a run that was interrupted has several.
public struct RunSession: Sendable {
  /// Version of fp-cli.
  public var version: String
  public var threads: Int
  /// The limit that was asked for, in bytes.
  public var memoryLimit: Int?
  /// Most tokens of a wave.
  public var waveTokens: Int?
  public var started: Date
  /// The last commit.
  public var ended: Date
  /// Texts and tokens that were run.
  public var texts = 0
  public var tokens = 0
  /// Wall-clock seconds up to the last commit, with opening and tokenizing.
  public var seconds = 0.0
  /// Peak resident memory, in bytes.
  public var peakResident: Int?
  /// What the threads spent their time on, in thread-seconds; empty where the session did not come to its end.
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

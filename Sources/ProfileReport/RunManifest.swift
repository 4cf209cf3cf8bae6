public import Foundation
public import Profiler

/// What a run was made of: all that is needed to tell whether two runs may be compared, and to repeat one.
public struct RunManifest: Sendable {
  /// The model directory as it was given.
  public var model: String
  /// See `Fingerprint(of:)`.
  public var modelFingerprint: Fingerprint
  /// The corpus file as it was given.
  public var corpus: String
  /// The hash of the corpus file's bytes.
  public var corpusFingerprint: Fingerprint
  /// What the matrix products compute in, such as `float32`.
  public var precision: String
  public var threads: Int
  /// The seed of whatever the run drew at random; nil where it drew nothing.
  public var seed: UInt64?
  /// Where a BOS token at position 0 comes from, such as `tokenizer template` or `as in the corpus`.
  public var bosPolicy: String
  /// The longest text allowed, in tokens; longer ones were cut.
  public var maximumTokens: Int
  /// Most texts of a domain; nil for all.
  public var textLimit: Int?
  /// Block 0 was left out.
  public var skipsFirstBlock: Bool
  /// Programs and libraries with their versions, in the order to be listed.
  public var versions: [(name: String, version: String)]
  public var started: Date
  public var finished: Date
  /// Tokens of a wave at most.
  public var waveTokens: Int?
  /// The limit that was asked for, in bytes.
  public var memoryLimit: Int?
  /// Peak resident memory, in bytes.
  public var peakResident: Int?
  /// Where the time went.
  public var time: TimeBreakdown?

  public init(
    model: String, modelFingerprint: Fingerprint, corpus: String, corpusFingerprint: Fingerprint, precision: String,
    threads: Int, seed: UInt64? = nil, bosPolicy: String, maximumTokens: Int, textLimit: Int? = nil,
    skipsFirstBlock: Bool, versions: [(name: String, version: String)], started: Date, finished: Date
  ) {
    self.model = model
    self.modelFingerprint = modelFingerprint
    self.corpus = corpus
    self.corpusFingerprint = corpusFingerprint
    self.precision = precision
    self.threads = threads
    self.seed = seed
    self.bosPolicy = bosPolicy
    self.maximumTokens = maximumTokens
    self.textLimit = textLimit
    self.skipsFirstBlock = skipsFirstBlock
    self.versions = versions
    self.started = started
    self.finished = finished
  }
}

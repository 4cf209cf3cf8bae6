public import Foundation
import Foundations
public import LlamaCore
public import Profiler

/// Profiles a corpus into a folder: every wave of texts is committed when its last block is done, and a run that was stopped
/// is resumed where it was.
///
/// ```swift
/// let model = try LlamaModel(directory: URL(filePath: "Llama-3.2-1B"))
/// let corpus = try TokenizedCorpus(["prose": ["Once upon a time"]], for: model)
/// let runner = try ProfileRunner(model, corpus, in: URL(filePath: "run"))
/// try runner.run { print($0.finishedTexts, "of", $0.texts) }
/// ```
///
/// No other process can profile into the folder while the runner is there.
public final class ProfileRunner {
  /// State of a run after a wave.
  public struct State: Sendable {
    /// Texts with all their rows on the disk, those of earlier processes included.
    public let finishedTexts: Int
    /// Texts of the run.
    public let texts: Int
    /// What this process has done so far.
    public let session: RunSession
  }

  public let folder: RunFolder
  public let profiler: CorpusProfiler
  public let settings: RunSettings
  /// State of the run when it was opened.
  public let initial: ProfileStore.Counts
  /// The open run.
  package let store: ProfileStore
  let model: LlamaModel
  let options: RunOptions
  /// Stops at the first text with a value that is not finite, before its wave is committed.
  public var stopsAtNonFinite = false
  /// Text that a token stands for, which is stored for the tokens that are sinks.
  public var tokenText: (TokenID) -> String? = { _ in nil }
  /// What this process has done so far; complete after ``run(started:finishedWave:progress:)``.
  public internal(set) var session: RunSession
  /// True once this process has computed something, and its session is in the run's list.
  package internal(set) var hasWorked = false
  /// Time that the threads of this process took in the run through the blocks, and seconds in which rows were written.
  public internal(set) var timing: RunTiming?
  public private(set) var writingSeconds = 0.0

  /// Opens the folder's run of these settings and texts, or begins one.
  ///
  /// - Parameters:
  ///   - profiler: the texts, and what to measure of them.
  ///   - settings: what the run's numbers depend on, see ``RunSettings/init(_:_:options:corpus:)``.
  ///   - directory: the folder; made where it is missing.
  ///   - startingAnew: begins a run in the place of a finished one, which stays until the new one is done.
  ///   - session: facts of this process; by default those of `options`.
  /// - Throws: ``StoreError``, also where the folder holds a run of other settings, or `RunError`.
  public init(
    _ profiler: CorpusProfiler, _ model: LlamaModel, options: RunOptions, settings: RunSettings, in directory: URL,
    startingAnew: Bool = false, session: RunSession? = nil
  ) throws {
    self.profiler = profiler
    self.model = model
    self.options = options
    self.settings = settings
    self.session =
      try session
      ?? RunSession(
        version: Version.current, threads: options.threads, memoryLimit: options.memoryLimit,
        waveTokens: profiler.plan(with: model, options: options).waveTokens, started: Date())
    if let steps = settings.steps, !steps.canChoose(in: profiler.corpus) { throw ProfileError.nothingToChooseBy }
    folder = try RunFolder(directory)
    store = try folder.store(settings, profiler.corpus, startingAnew: startingAnew)
    initial = try store.counts()
  }

  /// Opens the folder's run of a corpus, or begins one, with the standard metrics.
  ///
  /// - Throws: ``StoreError``, also where the folder holds another run, or `RunError`.
  public convenience init(
    _ model: LlamaModel, _ corpus: TokenizedCorpus, options: RunOptions = RunOptions(), in directory: URL
  ) throws {
    let profiler = CorpusProfiler(corpus: corpus, model: model)
    let tokenizer = try? model.tokenizer()
    try self.init(
      profiler, model, options: options, settings: try RunSettings(profiler, model, options: options), in: directory)
    tokenText = { tokenizer?.decode([$0], skippingSpecialTokens: false) }
  }

  /// Opens the folder's run of texts of a corpus file, or begins one, with the standard metrics.
  ///
  /// - Throws: ``StoreError``, also where the folder holds another run, or `RunError`.
  public convenience init(
    _ model: LlamaModel, _ texts: SelectedCorpus, options: RunOptions = RunOptions(), in directory: URL
  ) throws {
    let profiler = CorpusProfiler(corpus: texts.tokenized, model: model)
    let settings = try RunSettings(profiler, of: texts, model, options: options)
    try self.init(profiler, model, options: options, settings: settings, in: directory)
    tokenText = texts.text
  }

  /// Runs the texts that have no rows yet, wave by wave into the folder; nothing where all have.
  ///
  /// - Parameters:
  ///   - started: when the session began, with all that came before the run; now by default.
  ///   - finishedWave: called when a wave is on the disk. An error thrown here stops the run.
  ///   - progress: called after every block of every text with the share of the remaining work that is done.
  /// - Throws: `ProfileError`, `RunError`, ``StoreError``, or what the callbacks throw. Committed waves stay.
  public func run(
    started: ContinuousClock.Instant = .now, finishedWave: @escaping (State) throws -> Void = { _ in },
    progress: @escaping (CorpusProfiler.Progress) -> Void = { _ in }
  ) throws {
    guard !initial.isFinished else { return }
    var rest = profiler.replacingCorpus(try store.remaining(of: profiler.corpus))
    var wave: [TextProfile] = []
    try store.begin(session)
    hasWorked = true
    rest.means = try means(progress)
    let profile = try rest.profile(
      with: model, options: options,
      sink: { [stopsAtNonFinite, tokenText] text in
        if stopsAtNonFinite, let found = text.nonFinite.first {
          throw ProfileError.notFinite(text: text.text, found)
        }
        var text = text
        text.describeSinks(tokenText)
        wave.append(text)
      },
      progress: progress,
      wave: { [self] in
        try commit(wave, started)
        wave.removeAll(keepingCapacity: true)
        try finishedWave(
          State(finishedTexts: initial.finished + session.texts, texts: initial.texts, session: session))
      })
    timing = profile.timing
  }

  /// Returns what removed parts add: stored by an earlier process, or taken from the whole corpus and stored; nil for 0.
  func means(_ progress: @escaping (CorpusProfiler.Progress) -> Void) throws -> AblationMeans? {
    guard profiler.ablation?.means != nil else { return nil }
    let domains = profiler.corpus.domains.map { !$0.texts.isEmpty }
    if let stored = try store.means(domains, width: model.spec.hiddenSize) { return stored }
    let means = try profiler.means(with: model, options: options, progress: progress)
    try store.add(means)
    return means
  }

  private func commit(_ wave: [TextProfile], _ started: ContinuousClock.Instant) throws {
    let begun = ContinuousClock.now
    session.texts += wave.count
    session.tokens += wave.reduce(0) { $0 + $1.tokens }
    session.ended = Date()
    session.seconds = (begun - started) / .seconds(1)
    session.peakResident = SystemMemory.peakResident
    try store.add(wave, session)
    writingSeconds += (ContinuousClock.now - begun) / .seconds(1)
  }

  /// Closes the run, whose texts are all done, with what the session took in the end.
  ///
  /// - Parameters:
  ///   - seconds: of the whole session.
  ///   - threadSeconds: what its threads spent their time on.
  /// - Returns: the finished run, to be read.
  /// - Throws: ``StoreError``; ``StoreError/unfinished(file:texts:finished:)`` where texts are still to be run.
  @discardableResult
  public func finish(
    seconds: Double? = nil, threadSeconds: [(name: String, seconds: Double)] = []
  ) throws -> ProfileStore {
    try store.checkFinished()
    if hasWorked {
      session.ended = Date()
      session.seconds = seconds ?? session.seconds
      session.threadSeconds = threadSeconds
      try store.end(session)
    }
    try folder.finish(store)
    return try folder.finishedStore()
  }
}

import Foundation
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler

/// A profile on its way into a folder: begun, gone on with, or found finished.
final class StoredRun {
  let folder: RunFolder
  /// The folder as it was given.
  let output: String
  /// Stops at a value that is not finite.
  let isStrict: Bool
  /// What a token stands for; nil where there is no tokenizer.
  let tokenText: (TokenID) -> String?
  var session: RunSession
  var time: TimeBreakdown
  /// Runs since the process began.
  let watch: Stopwatch
  let progress: ProgressLine
  /// One line to end with.
  private(set) var summary = ""

  init(
    folder: RunFolder, output: String, isStrict: Bool, tokenText: @escaping (TokenID) -> String?, session: RunSession,
    time: TimeBreakdown, watch: Stopwatch,
    progress: ProgressLine
  ) {
    self.folder = folder
    self.output = output
    self.isStrict = isStrict
    self.tokenText = tokenText
    self.session = session
    self.time = time
    self.watch = watch
    self.progress = progress
  }

  /// Runs what is still to be run, and writes the files that are still to be written.
  ///
  /// - Throws: `StoreError`, `ProfileError`, `RunError`, `ReportError`. What was committed stays.
  func finish(
    _ profiler: CorpusProfiler, _ model: LlamaModel, _ options: RunOptions, _ settings: RunSettings,
    startingAnew: Bool, withReport: Bool
  ) throws -> RunExport.Contents {
    let corpus = profiler.corpus
    let store = try folder.store(settings, corpus, startingAnew: startingAnew)
    let counts = try store.counts()
    if counts.isFinished, let contents = try RunExport(store).contents(writtenTo: url, withReport: withReport) {
      summary = "the run in \(output) is finished, nothing was profiled; --force starts anew"
      try folder.finish(store)
      return contents
    }
    if counts.finished > 0 {
      progress.note("going on with the run in \(output): \(finished(counts.finished, of: counts.texts))")
    } else {
      progress.note(
        "\(TextTable.count(corpus.textCount, "text")), \(TextTable.count(corpus.tokenCount, "token")), "
          + TextTable.count(profiler.layerCount, "block"))
    }
    if corpus.failureCount > 0 {
      progress.note("\(TextTable.count(corpus.failureCount, "text")) cannot be profiled, see manifest.json")
    }
    if !counts.isFinished { try run(profiler, model, options, store, finished: counts.finished) }
    let elapsed = progress.elapsed
    try folder.finish(store)
    let written = try export(options, withReport: withReport, held: corpus.byteCount)
    let copies = written.profile.copies
    summary =
      "\(duration(elapsed)), \(speed(Double(session.tokens), elapsed)); results in \(output)"
      + (copies > 0 ? "; \(TextTable.count(copies)) of the texts are copies of others and count in no comparison" : "")
    return written
  }

  /// Runs the texts that have no rows yet, wave by wave into the store.
  private func run(
    _ profiler: CorpusProfiler, _ model: LlamaModel, _ options: RunOptions, _ store: ProfileStore, finished: Int
  ) throws {
    let whole = profiler.corpus
    let rest = profiler.over(try store.remaining(of: whole))
    let left = rest.corpus.tokenCount
    var (session, time) = (session, time)
    var wave: [TextProfile] = []
    var advice: String {
      "\(self.finished(finished + session.texts, of: whole.textCount)) and kept in \(store.file); "
        + "the same command goes on"
    }
    func advise() { Interruption.advise(progress.isQuiet ? nil : advice) }
    func commit() throws {
      var writing = Stopwatch()
      session.texts += wave.count
      session.tokens += wave.reduce(0) { $0 + $1.tokens }
      session.ended = Date()
      session.seconds = watch.total
      session.peakResident = SystemMemory.peakResident
      try store.add(wave, session)
      wave.removeAll(keepingCapacity: true)
      time.writing += writing.lap()
      advise()
    }
    advise()
    defer { Interruption.advise(nil) }
    try store.begin(session)
    let (isStrict, tokenText) = (isStrict, tokenText)
    let profile: CorpusProfile
    do {
      profile = try rest.profile(
        with: model, options: options,
        sink: { text in
          if isStrict, let found = text.nonFinite.first { throw ProfileError.notFinite(text: text.text, found) }
          var text = text
          text.describeSinks(tokenText)
          wave.append(text)
        },
        progress: { [progress] state in
          progress.show(
            state.fraction,
            "\(TextTable.count(finished + state.finishedTexts)) of \(TextTable.count(whole.textCount, "text")), "
              + speed(Double(left) * state.fraction, progress.elapsed))
        },
        wave: commit)
    } catch {
      progress.note("stopped: \(advice)")
      throw error
    }
    progress.clear()
    time.run = profile.timing
    time.wall = watch.total
    session.ended = Date()
    session.seconds = time.wall
    session.threadSeconds = time.parts
    try store.end(session)
    (self.session, self.time) = (session, time)
  }

  /// Writes everything that derives from the finished run.
  ///
  /// - Parameter held: bytes of the texts, which are still there.
  private func export(_ options: RunOptions, withReport: Bool, held: Int) throws -> RunExport.Contents {
    let contents = try RunExport(folder.finishedStore()).write(to: url, withReport: withReport)
    if withReport {
      var settings = ComparisonSettings()
      settings.threads = options.threads
      try writeReport(
        of: url, settings, memoryLimit: options.memoryLimit, held: held, ProgressLine(quiet: progress.isQuiet))
    }
    // To the end, and of this process: one that found everything computed notes nothing.
    guard session.texts > 0 else { return contents }
    folder.note(peakResident: SystemMemory.peakResident)
    return try RunExport(folder.finishedStore()).rewriteManifest(of: contents, in: url)
  }

  private var url: URL { URL(filePath: output) }

  private func finished(_ texts: Int, of total: Int) -> String {
    "\(TextTable.count(texts)) of \(TextTable.count(total, "text")) are done"
  }
}

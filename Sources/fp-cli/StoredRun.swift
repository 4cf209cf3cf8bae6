import Foundation
import Foundations
import ProfileReport
import ProfileStore
import Profiler
import Statistics

/// A profile that the command makes, resumes or finds finished, with what it says about it and the files it ends with.
final class StoredRun {
  private let runner: ProfileRunner
  /// The folder as it was given.
  private let output: String
  private(set) var time: TimeBreakdown
  /// Runs since the process began.
  private let watch: Stopwatch
  let progress: ProgressLine
  /// Final line of output.
  private(set) var summary = ""

  init(_ runner: ProfileRunner, output: String, time: TimeBreakdown, watch: Stopwatch, progress: ProgressLine) {
    self.runner = runner
    self.output = output
    self.time = time
    self.watch = watch
    self.progress = progress
  }

  /// Runs the remaining texts, and writes the missing files.
  ///
  /// - Parameters:
  ///   - limit: of memory, in bytes; nil for none.
  ///   - threads: that compare domains.
  /// - Throws: `StoreError`, `ProfileError`, `RunError`, `ReportError`. What was committed stays.
  func finish(withReport: Bool, threads: Int, limit: Int?) throws -> RunExport.Contents {
    let (corpus, initial) = (runner.profiler.corpus, runner.initial)
    if initial.isFinished, let contents = try RunExport(runner.store).contents(writtenTo: url, withReport: withReport) {
      summary = "the run in \(output) is finished, nothing was profiled; --force starts anew"
      try runner.finish()
      return contents
    }
    if initial.finished > 0 {
      progress.note("going on with the run in \(output): \(done(initial.finished))")
    } else {
      progress.note(
        "\(TextTable.count(corpus.textCount, "text")), \(TextTable.count(corpus.tokenCount, "token")), "
          + TextTable.count(runner.profiler.layerCount, "block"))
    }
    if corpus.failureCount > 0 {
      progress.note("\(TextTable.count(corpus.failureCount, "text")) cannot be profiled, see manifest.json")
    }
    if !initial.isFinished { try run() }
    let elapsed = progress.elapsed
    let store = try runner.finish(seconds: time.wall, threadSeconds: time.parts)
    let written = try export(store, withReport: withReport, threads: threads, limit: limit)
    let copies = written.profile.copies
    summary =
      "\(duration(elapsed)), \(speed(Double(runner.session.tokens), elapsed)); results in \(output)"
      + (copies > 0 ? "; \(TextTable.count(copies)) of the texts are copies of others and count in no comparison" : "")
    return written
  }

  /// Runs the texts that have no rows yet; where that is stopped, says how to resume.
  private func run() throws {
    let finished = runner.initial.finished
    func advice(_ texts: Int) -> String {
      "\(done(texts)) and kept in \(runner.store.file); the same command goes on"
    }
    func advise(_ texts: Int) { Interruption.setExitMessage(progress.isQuiet ? nil : advice(texts)) }
    advise(finished)
    defer { Interruption.setExitMessage(nil) }
    do {
      try runner.run(
        started: watch.start, finishedWave: { advise($0.finishedTexts) },
        progress: { [self] state in
          progress.show(
            state.fraction,
            "\(TextTable.count(finished + state.finishedTexts)) of \(TextTable.count(runner.initial.texts, "text")), "
              + speed(Double(state.tokens) * state.fraction, progress.elapsed))
        })
    } catch {
      progress.note("stopped: \(advice(finished + runner.session.texts))")
      throw error
    }
    progress.clear()
    time.run = runner.timing
    time.writing += runner.writingSeconds
    time.wall = watch.total
  }

  /// Writes everything that derives from the finished run.
  private func export(
    _ store: ProfileStore, withReport: Bool, threads: Int, limit: Int?
  ) throws -> RunExport.Contents {
    let contents = try RunExport(store).write(to: url, withReport: withReport)
    if withReport {
      var settings = ComparisonSettings()
      settings.threads = threads
      try writeReport(
        of: url, settings, memoryLimit: limit, held: runner.profiler.corpus.byteCount,
        ProgressLine(quiet: progress.isQuiet))
    }
    // To the end, and of this process: one that found everything computed notes nothing.
    guard runner.session.texts > 0 else { return contents }
    runner.folder.note(peakResident: SystemMemory.peakResident)
    return try RunExport(runner.folder.finishedStore()).rewriteManifest(of: contents, in: url)
  }

  private var url: URL { URL(filePath: output) }

  private func done(_ texts: Int) -> String {
    "\(TextTable.count(texts)) of \(TextTable.count(runner.initial.texts, "text")) are done"
  }
}

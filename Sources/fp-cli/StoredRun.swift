import Foundation
import Foundations
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler
import Statistics

/// A profile that the command makes, resumes or finds finished, with what it says about it and the files it ends with.
final class StoredRun {
  private let runner: ProfileRunner
  private var files: RunFiles
  /// The folder as it was given.
  private let output: String
  private(set) var time: TimeBreakdown
  /// Seconds of writing before the run.
  private let writing: Double
  /// Runs since the process began.
  private let watch: Stopwatch
  private let messages: QuietOption
  let progress: ProgressLine
  /// Final line of output.
  private(set) var summary = ""

  init(
    _ runner: ProfileRunner, _ files: RunFiles, output: String, time: TimeBreakdown, watch: Stopwatch,
    _ messages: QuietOption
  ) {
    self.runner = runner
    self.files = files
    self.output = output
    self.time = time
    writing = time.writing
    self.watch = watch
    self.messages = messages
    progress = messages.progress
  }

  /// Runs the remaining texts, and writes the missing files.
  ///
  /// - Throws: `StoreError`, `ProfileError`, `RunError`, `ReportError`. What was committed stays.
  func finish() throws -> RunExport.Contents {
    let (corpus, initial) = (runner.profiler.corpus, runner.initial)
    let hasFinished = try runner.isFinished()
    if hasFinished, let contents = try files.contents(writtenBy: runner.store) {
      summary = "the run in \(output) is finished, nothing was profiled; --force starts anew"
      try runner.finish()
      return contents
    }
    if initial.isFinished {
      progress.note(
        "going on with the run in \(output): all texts are done, \(hasFinished ? "files" : "steps") are missing")
    } else if initial.finished > 0 {
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
    if !hasFinished { try removeSteps() }
    let elapsed = progress.elapsed
    let comparing = messages.progress
    files.progress = comparing.showComparing
    let written = try files.finish(runner, seconds: time.wall, threadSeconds: time.parts)
    if let report = written.report { comparing.note(report.note) }
    let copies = written.contents.profile.copies
    let tokens = runner.session.tokens
    summary =
      duration(elapsed) + (tokens > 0 ? ", \(speed(Double(tokens), elapsed))" : "") + "; results in \(output)"
      + (copies > 0 ? "; \(TextTable.count(copies)) of the texts are copies of others and count in no comparison" : "")
    return written.contents
  }

  /// Runs the texts that have no rows yet; where that is stopped, says how to resume.
  private func run() throws {
    let finished = runner.initial.finished
    func advice(_ texts: Int, _ command: String = "the same command") -> String {
      "\(done(texts)) and kept in \(runner.store.file); \(command) goes on"
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
      let texts = finished + runner.session.texts
      // The same text would stop the same command again.
      if case .notFinite = error as? ProfileError {
        progress.note("stopped: \(advice(texts, "the same command without --strict"))")
      } else {
        progress.note("stopped: \(advice(texts))")
      }
      throw error
    }
    progress.clear()
    takeTimes()
  }

  /// Measures what a removal of units one after the other needs; where that is stopped, says how to resume.
  private func removeSteps() throws {
    let advice = "what is measured is kept in \(runner.store.file); the same command goes on"
    Interruption.setExitMessage(progress.isQuiet ? nil : advice)
    defer { Interruption.setExitMessage(nil) }
    var line = (label: "", progress: messages.progress)
    do {
      try runner.runSteps(started: watch.start) { [self] state in
        if state.label != line.label {
          line.progress.clear()
          line = (state.label, messages.progress)
        }
        line.progress.show(state.fraction, state.label)
      }
    } catch {
      line.progress.clear()
      progress.note("stopped: \(advice)")
      throw error
    }
    line.progress.clear()
    takeTimes()
  }

  private func takeTimes() {
    time.run = runner.timing
    time.writing = writing + runner.writingSeconds
    time.wall = watch.total
  }

  private func done(_ texts: Int) -> String {
    "\(TextTable.count(texts)) of \(TextTable.count(runner.initial.texts, "text")) are done"
  }
}

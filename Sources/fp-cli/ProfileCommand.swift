import ArgumentParser
import Foundation
import Foundations
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler
import Statistics

struct ProfileCommand: ParsableCommand, MemoryLimited {
  @OptionGroup var model: ModelOption
  @OptionGroup var texts: CorpusOptions
  @OptionGroup var output: NewFolderOption
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var machine: MachineOptions

  @Flag(help: "Prints the estimated time and memory of the run, and exits.")
  var dryRun = false

  @Flag(help: "Prints the threads' time by kind of work; it is always in the manifest.")
  var timing = false

  @OptionGroup var measurement: MeasurementOptions
  @OptionGroup var edits: EditOptions

  @Flag(help: "Replaces the folder's run, which stays until the new one is done. Resumes a stopped replacement.")
  var force = false

  @Flag(
    help: "Stops at the first text that cannot be profiled or has a value that is not finite, instead of recording why."
  )
  var strict = false

  @OptionGroup var report: ReportOption
  @OptionGroup var printing: FormatOption<TableFormat>
  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func run() throws {
    let started = Date()
    var watch = Stopwatch()
    var time = TimeBreakdown()
    let llama = try edits.model(model)
    try measurement.check(llama)
    let modelFingerprint = try Fingerprint(of: llama.checkpoint)
    time.opening = watch.lap()
    let input = try texts.read(for: llama, isStrict: strict)
    time.tokenizing = watch.lap()

    let options = RunOptions(precision, machine)
    let profiler = measurement.profiler(of: input.tokenized, llama)
    let plan = try profiler.plan(with: llama, options: options)
    let files = RunFiles(of: output.url, machine, report)
    try files.check(profiler)
    if dryRun {
      let estimate = try profiler.estimate(with: llama, options: options)
      return try StandardOutput.write(EstimateText(estimate, in: memoryLimit?.unit).text(printing.format))
    }
    var settings = try RunSettings(profiler, of: input, llama, options: options, modelFingerprint: modelFingerprint)
    (settings.model, settings.corpus, settings.command) = (model.model, texts.corpus, CommandWords.typed)
    try files.check(settings)
    let runner = try ProfileRunner(
      profiler, llama, options: options, settings: settings, in: output.url, startingAnew: force,
      session: RunSession(
        version: Version.current, threads: options.threads, memoryLimit: options.memoryLimit,
        waveTokens: plan.waveTokens, started: started))
    runner.stopsAtNonFinite = strict
    runner.tokenText = input.text
    let run = StoredRun(runner, files, output: output.output, time: time, watch: watch, messages)
    let contents = try run.finish()
    switch printing.format {
    case .table:
      try StandardOutput.write(
        ProfileTable(contents.profile, failures: contents.failures).text + (timing ? "\n" + run.time.text : ""))
    case .json: try StandardOutput.write(contents.manifest)
    }
    run.progress.note(run.summary)
  }
}

import ArgumentParser
import Foundation
import Foundations
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler

struct AblateCommand: ParsableCommand, MemoryLimited {
  @OptionGroup var model: ModelOption
  @OptionGroup var texts: CorpusOptions
  @OptionGroup var output: NewFolderOption
  @OptionGroup var removals: AblationOptions
  @OptionGroup var steps: StepOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var machine: MachineOptions

  @Flag(help: "Prints the estimated time and memory of the run, and exits.")
  var dryRun = false

  @Flag(help: "Prints the threads' time by kind of work; it is always in the manifest.")
  var timing = false

  @Flag(help: "Replaces the folder's run, which stays until the new one is done. Resumes a stopped replacement.")
  var force = false

  @Flag(help: "Stops at the first text with values that are not finite, instead of recording why.")
  var strict = false

  @OptionGroup var report: ReportOption
  @OptionGroup var printing: FormatOption<TableFormat>
  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws { try removals.check(keepsFirst: edits.keepFirst, remove: steps.remove) }

  func run() throws {
    let started = Date()
    var watch = Stopwatch()
    var time = TimeBreakdown()
    let llama = try edits.model(model, removes: true)
    let modelFingerprint = try Fingerprint(of: llama.checkpoint)
    time.opening = watch.lap()
    let input = try texts.read(for: llama, isStrict: strict)
    time.tokenizing = watch.lap()

    let options = RunOptions(precision, machine)
    let ablation = try removals.ablation(of: llama, keepsFirst: edits.keepFirst)
    let profiler = CorpusProfiler(corpus: input.tokenized, model: llama, ablation: ablation)
    let removal = try steps.steps(
      of: ablation, metrics: profiler.metrics, chosenTexts: removals.chosenTexts, layers: llama.spec.layerCount)
    let files = RunFiles(of: output.url, machine, report)
    try files.check(profiler)
    if dryRun {
      let estimate = try profiler.estimateAblation(with: llama, steps: removal, options: options)
      return try StandardOutput.write(AblationEstimateText(estimate, in: memoryLimit?.unit).text(printing.format))
    }
    _ = try profiler.ablationPlan(with: llama, options: options)
    var settings = try RunSettings(profiler, of: input, llama, options: options, modelFingerprint: modelFingerprint)
    (settings.model, settings.corpus, settings.command) = (model.model, texts.corpus, CommandWords.typed)
    (settings.steps, settings.margin) = (removal, steps.margin)
    try files.check(settings)
    let runner = try ProfileRunner(
      profiler, llama, options: options, settings: settings, in: output.url, startingAnew: force,
      session: RunSession(
        version: Version.current, threads: options.threads, memoryLimit: options.memoryLimit, started: started))
    runner.stopsAtNonFinite = strict
    runner.tokenText = input.text
    let run = StoredRun(runner, files, output: output.output, time: time, watch: watch, messages)
    let contents = try run.finish()
    switch printing.format {
    case .table:
      let tables = [contents.ablation?.table.text, contents.ablation?.stepTable.text, timing ? run.time.text : nil]
      try StandardOutput.write(tables.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n"))
    case .json: try StandardOutput.write(contents.manifest)
    }
    run.progress.note(run.summary)
  }
}

import ArgumentParser
import Foundation
import Foundations
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler
import Statistics

struct ProfileCommand: ParsableCommand, MemoryLimited {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Measures how much every block changes the residual stream, per text and per domain.",
    discussion: """
      The run is profile.sqlite in the output folder, to which every wave of texts is committed. A run that was \
      stopped goes on where it was when the same command is given again. At its end <domain>.csv, texts.csv, \
      summary.csv, massive.csv and manifest.json are written beside it, then the domains are compared and report.html is drawn, as \
      fp-cli export does. A corpus is {"domain": ["text", …], …}, see fp-cli corpus build; a text may also be a list of token ids.

      EXAMPLES
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run \\
          --domain cpp --domain legal --limit 16 --max-tokens 512
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run \\
          --precision bfloat16 --memory-limit 1GB --dry-run
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run \\
          --spectrum --skip-first-block
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var model: ModelOption

  @OptionGroup var texts: CorpusOptions

  @Option(
    help: ArgumentHelp("The folder for the results; made where it is missing.", valueName: "dir"),
    completion: .directory)
  var output: String

  @OptionGroup var precision: PrecisionOption

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Says what the run will take on this machine, after some seconds of trying, and does not run it.")
  var dryRun = false

  @Flag(help: "Prints what the time went into; it is always in the manifest.")
  var timing = false

  @Flag(
    help: """
      Measures effective_rank, stable_rank and top_direction_share of each block's change too: further columns at the \
      end, from its singular values. Takes longer, most for long texts.
      """)
  var spectrum = false

  @Flag(
    help: """
      Measures nll too, how badly the model predicts each text in nats a token: a further column at the end. Takes a \
      product with the whole vocabulary for every token.
      """)
  var nll = false

  @Flag(help: "Leaves out block 0, for comparison with measurements that have no row for it.")
  var skipFirstBlock = false

  @Flag(
    help: """
      Starts anew where the folder holds a run; that one stays until the new one is done. Goes on with what was begun so.
      """)
  var force = false

  @Flag(help: "Stops at a text that cannot be profiled, instead of recording why and going on.")
  var strict = false

  @Flag(help: "Does not compare the domains and writes no report.html and no comparison.csv.")
  var noReport = false

  @Option(help: ArgumentHelp("What to print when done: table, or json for the manifest.", valueName: "format"))
  var format = Format.table

  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws { try checkPaths(["--output": output]) }

  func run() throws {
    let started = Date()
    var watch = Stopwatch()
    var time = TimeBreakdown()
    let llama = try LlamaModel(directory: model.url)
    let spec = llama.spec
    guard !skipFirstBlock || spec.layerCount > 1 else {
      throw ProfileError.nothingToMeasure(layers: spec.layerCount)
    }
    let modelFingerprint = try Fingerprint(of: llama.checkpoint)
    time.opening = watch.lap()
    let input = try texts.read(for: llama, model, isStrict: strict)
    time.tokenizing = watch.lap()
    try RunExport.check(
      URL(filePath: output), domains: input.tokenized.domains.map(\.name), withReport: !noReport)

    let options = RunOptions(precision, machine)
    let profiler = CorpusProfiler(
      corpus: input.tokenized, model: llama, skipsFirstBlock: skipFirstBlock, measuresSpectrum: spectrum,
      measuresLikelihood: nll)
    let plan = try profiler.plan(with: llama, options: options)
    if !noReport {
      var comparison = ComparisonSettings()
      comparison.threads = options.threads
      _ = try ReportMemory(profiler).fitted(comparison, limit: memoryLimit?.bytes)
    }
    if dryRun {
      let estimate = try profiler.estimate(with: llama, options: options)
      let text = EstimateText(estimate, in: memoryLimit?.unit)
      try StandardOutput.write(format == .json ? text.json : text.table)
      return
    }
    let settings = RunSettings(
      modelFingerprint: modelFingerprint, weightsFingerprint: try Fingerprint(sampling: llama.checkpoint),
      corpusFingerprint: input.fingerprint, precision: options.precision.rawValue,
      matmul: LlamaModel.computeLibrary(for: options.precision), maximumTokens: input.maximumTokens,
      textLimit: texts.limit, layers: profiler.layers, metrics: profiler.metrics, model: model.model,
      corpus: texts.corpus, bosPolicy: input.bosPolicy, command: CommandWords.typed)
    // An existing run is resumed, replaced or refused when it is opened.
    if !FileManager.default.fileExists(atPath: URL(filePath: output).appending(path: RunFolder.fileName).path) {
      try RunOwner.check(URL(filePath: output), settings)
    }
    let session = RunSession(
      version: Version.current, threads: options.threads, memoryLimit: memoryLimit?.bytes, waveTokens: plan.waveTokens,
      started: started)
    let runner = try ProfileRunner(
      profiler, llama, options: options, settings: settings, in: URL(filePath: output), startingAnew: force,
      session: session)
    runner.stopsAtNonFinite = strict
    runner.tokenText = { input.tokenizer?.decode([$0], skippingSpecialTokens: false) }
    let run = StoredRun(runner, output: output, time: time, watch: watch, progress: messages.progress)
    let contents = try run.finish(withReport: !noReport, threads: options.threads, limit: memoryLimit?.bytes)

    switch format {
    case .table:
      try StandardOutput.write(
        ProfileTable(contents.profile, failures: contents.failures).text + (timing ? "\n" + run.time.text : ""))
    case .json: try StandardOutput.write(contents.manifest)
    }
    run.progress.note(run.summary)
  }
}

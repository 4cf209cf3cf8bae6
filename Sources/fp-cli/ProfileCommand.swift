import ArgumentParser
import Foundation
import LlamaCore
import ProfileReport
import Profiler

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Measures how much every block changes the residual stream, per text and per domain.",
    discussion: """
      Writes <domain>.csv, texts.csv, summary.csv and manifest.json to the output folder and prints a table; then \
      compares the domains and draws report.html, as fp-cli report does. \
      A corpus is {"domain": ["text", …], …}, see fp-cli corpus build; a text may also be a list of token ids.

      EXAMPLES
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run \\
          --domains cpp,legal --limit 16 --max-tokens 512
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run \\
          --precision bfloat16 --memory-limit 1GB --dry-run
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run \\
          --spectrum --skip-first-block
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @Option(
    help: ArgumentHelp(
      "A Hugging Face model directory: config.json, safetensors, tokenizer.json.", valueName: "dir"),
    completion: .directory)
  var model: String

  @Option(help: ArgumentHelp("The corpus file.", valueName: "file"), completion: .file(extensions: ["json"]))
  var corpus: String

  @Option(
    help: ArgumentHelp("The folder for the results; made where it is missing.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Profiles these domains only: a,b or a b.", valueName: "names"))
  var domains: [String] = []

  @Option(help: ArgumentHelp("Profiles the first N texts of each domain only.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Cuts texts to N tokens; by default to the model's positions.", valueName: "n"))
  var maxTokens: Int?

  @Option(
    help: ArgumentHelp(
      "What the matmuls compute in: float32, or bfloat16 for more speed at about 1e-3 relative error.",
      valueName: "type"))
  var precision = Precision.float32

  @Option(
    help: ArgumentHelp("Threads that compute; by default one per processor. No number depends on it.", valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Peak memory to stay within, such as 800MB or 2GiB; by default half of what is free. No number depends on it.",
      valueName: "size"))
  var memoryLimit: ByteCount?

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

  @Flag(help: "Leaves out block 0, for comparison with measurements that have no row for it.")
  var skipFirstBlock = false

  @Flag(help: "Does not compare the domains and writes no report.html.")
  var noReport = false

  @Option(help: ArgumentHelp("What to print when done: table, or json for the manifest.", valueName: "format"))
  var format = Format.table

  @Flag(help: "No progress, no messages.")
  var quiet = false

  func validate() throws {
    if let reason = precision.unavailableReason {
      throw ValidationError("--precision \(precision.rawValue): \(reason)")
    }
    try checkPaths(["--model": model, "--corpus": corpus, "--output": output])
    // Each thread has its own scratch memory.
    try checkCounts([
      "--limit": (limit, 1...Int.max), "--max-tokens": (maxTokens, 1...Int.max), "--threads": (threads, 1...1024),
    ])
  }

  func run() throws {
    let started = Date()
    var watch = Stopwatch()
    var time = TimeBreakdown()
    let llama = try LlamaModel(directory: URL(filePath: model))
    let configuration = llama.configuration
    guard !skipFirstBlock || configuration.layerCount > 1 else {
      throw ProfileError.nothingToMeasure(layers: configuration.layerCount)
    }
    let modelFingerprint = try Fingerprint(of: llama.checkpoint)
    time.opening = watch.lap()
    let input = try ProfileInput(
      corpus: corpus, model: model, configuration: configuration, domains: domains, limit: limit, maxTokens: maxTokens)
    time.tokenizing = watch.lap()
    let tokenized = input.tokenized

    var options = RunOptions(precision: precision, memoryLimit: memoryLimit?.bytes)
    if let threads { options.threads = threads }
    let profiler = CorpusProfiler(
      corpus: tokenized, model: llama, skipsFirstBlock: skipFirstBlock, measuresSpectrum: spectrum)
    let plan = try profiler.plan(with: llama, options: options)
    if dryRun {
      let estimate = try profiler.estimate(with: llama, options: options)
      try StandardOutput.write(format == .json ? EstimateText(estimate).json : EstimateText(estimate).table)
      return
    }
    let writer = try RunWriter(
      directory: URL(filePath: output), domains: tokenized.domains.map(\.name), metrics: profiler.metrics)
    let progress = ProgressLine(quiet: quiet)
    progress.note(
      "\(TextTable.count(tokenized.textCount, "text")), \(TextTable.count(tokenized.tokenCount, "token")), "
        + TextTable.count(configuration.layerCount, "block"))
    func write(_ text: TextProfile) throws {
      var watch = Stopwatch()
      try writer.add(text)
      time.writing += watch.lap()
    }
    let profile = try profiler.profile(with: llama, options: options, sink: write) { state in
      progress.show(state.fraction, describe(state, progress.elapsed))
    }
    let elapsed = progress.elapsed
    progress.clear()
    time.run = profile.timing
    time.wall = watch.total
    var manifest = RunManifest(
      model: model, modelFingerprint: modelFingerprint, corpus: corpus, corpusFingerprint: input.fingerprint,
      precision: precision.rawValue, threads: options.threads, bosPolicy: input.bosPolicy,
      maximumTokens: input.maximumTokens, textLimit: limit, skipsFirstBlock: skipFirstBlock,
      versions: [("fp-cli", Version.current), ("matmul", LlamaModel.computeLibrary(for: precision))], started: started,
      finished: Date())
    manifest.memoryLimit = memoryLimit?.bytes
    manifest.waveTokens = plan.waveTokens
    manifest.peakResident = SystemMemory.peakResident
    manifest.time = time
    try writer.finish(profile, manifest: manifest)
    if !noReport {
      var settings = ComparisonSettings()
      settings.threads = options.threads
      try writeReport(of: URL(filePath: output), settings, ProgressLine(quiet: quiet))
    }

    switch format {
    case .table: try StandardOutput.write(ProfileTable(profile).text + (timing ? "\n" + time.text : ""))
    case .json:
      let written = URL(filePath: output).appending(path: "manifest.json")
      try StandardOutput.write(String(contentsOf: written, encoding: .utf8))
    }
    progress.note("\(duration(elapsed)), \(speed(Double(tokenized.tokenCount), elapsed)); results in \(output)")
  }

  private func describe(_ state: CorpusProfiler.Progress, _ elapsed: Double) -> String {
    "\(TextTable.count(state.finishedTexts)) of \(TextTable.count(state.texts, "text")), "
      + speed(Double(state.tokens) * state.fraction, elapsed)
  }
}

extension Precision: ExpressibleByArgument {}

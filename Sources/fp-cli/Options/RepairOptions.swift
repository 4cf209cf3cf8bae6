import ArgumentParser
import Foundation
import LlamaCore
import ProfileReport
import Profiler

/// A repair of a checkpoint that is written without blocks.
struct RepairOptions: ParsableArguments {
  @Flag(
    help: """
      Puts a linear map in place of each span of removed blocks, fitted on half of the texts of --corpus, merged into the \
      down projection before them, and measured on the other half.
      """)
  var repair = false

  @Option(help: ArgumentHelp("Corpus file.", valueName: "file"), completion: .file(extensions: ["json"]))
  var corpus: String?

  @Option(help: ArgumentHelp("Takes the first N texts of each domain only.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Cuts texts to N tokens; by default to the model's positions.", valueName: "n"))
  var maxTokens: Int?

  @OptionGroup var machine: MachineOptions

  func validate() throws {
    try checkPaths(["--corpus": corpus])
    try checkCounts(["--limit": (limit, 1...Int.max), "--max-tokens": (maxTokens, 2...Int.max)])
    if repair {
      if corpus == nil { throw ValidationError("--repair goes with --corpus") }
    } else if let name = given.first {
      throw ValidationError("\(name) goes with --repair")
    }
  }

  /// Options that mean nothing without a repair.
  private var given: [String] {
    [
      corpus.map { _ in "--corpus" }, limit.map { _ in "--limit" }, maxTokens.map { _ in "--max-tokens" },
      machine.threading.threads.map { _ in "--threads" }, machine.memoryLimit.map { _ in "--memory-limit" },
    ].compactMap { $0 }
  }

  /// Repairs a checkpoint and measures the repair on the written folder.
  ///
  /// - Parameters:
  ///   - checkpoint: the checkpoint without blocks.
  ///   - folder: folder that `save` writes.
  ///   - domains: domains of the corpus.
  ///   - seed: seed that deals the texts, and of the intervals.
  ///   - progress: line that shows the progress.
  ///   - save: writes the repaired checkpoint.
  func report(
    _ checkpoint: PrunedCheckpoint, to folder: URL, domains: DomainChoice, seed: UInt64, _ progress: ProgressLine,
    save: (PrunedCheckpoint) throws -> Void
  ) throws -> RepairReport {
    // What may be refused comes before what takes long.
    _ = try checkpoint.spans
    try PrunedCheckpoint.checkFolder(folder)
    let selection = CorpusSelection(domains: domains, limit: limit, maximumTokens: maxTokens, isStrict: true)
    let corpus = try selection.read(URL(filePath: corpus ?? ""), for: checkpoint.originalModel).tokenized
    let texts = try RepairTexts(corpus, seed: seed)
    let options = RunOptions(threads: machine.threads, memoryLimit: machine.memoryLimit?.bytes)
    let fit = try RepairFit(checkpoint, on: texts.fitted, options: options) { progress.show($0, "fitting") }
    try save(checkpoint.merging(fit.maps, threads: options.threads))
    let effect = try RepairEffect(
      on: texts.measured, checkpoint, written: LlamaModel(directory: folder), options: options, seed: seed
    ) { progress.show($0, "measuring") }
    progress.clear()
    return RepairReport(fit, effect, seed: seed)
  }
}

import ArgumentParser
import Foundation
import LlamaCore
import ProfileReport
import Profiler

struct PruneCommand: ParsableCommand, MemoryLimited {
  enum Format: String, OutputFormat {
    case table, json, mergekit
    static let usual = table
  }

  @Argument(help: ArgumentHelp("Folder of a run; not with --layers.", valueName: "run"), completion: .directory)
  var folder: String?

  @Option(help: ArgumentHelp("Number of blocks to remove; not with --layers.", valueName: "k"))
  var blocks: Int?

  @Option(
    help: ArgumentHelp(
      "Metric that ranks the blocks. By default the measured damage, in a run of fp-cli ablate; otherwise block_influence.",
      valueName: "name"),
    completion: .list(RankingArgument.allValueStrings))
  var metric: RankingArgument?

  @Option(
    help: ArgumentHelp(
      "Tokens that count for the metric, all by default. With fewer, a block that makes a sink looks idle where the sink is left out.",
      valueName: "tokens"))
  var scope: Scope?

  @OptionGroup var domains: DomainOptions
  @OptionGroup var random: SeedOption
  @OptionGroup var printing: FormatOption<Format>
  @OptionGroup var messages: QuietOption
  @OptionGroup(title: "Checkpoint Options") var writing: PruneWriteOptions
  @OptionGroup(title: "Repair Options") var repairing: RepairOptions

  var memoryLimit: ByteCount? { repairing.machine.memoryLimit }

  func validate() throws {
    try checkPaths(["<run>": folder])
    try checkCounts(["--blocks": (blocks, 1...Int.max)])
    if repairing.repair {
      if writing.write == nil { throw ValidationError("--repair goes with --write") }
      if printing.format == .mergekit { throw ValidationError("--format mergekit and --repair exclude each other") }
    }
    if writing.layers != nil {
      if folder != nil || blocks != nil { throw ValidationError("--layers and a run's --blocks exclude each other") }
      if printing.format == .mergekit { throw ValidationError("--format mergekit goes with a run") }
    } else {
      if folder == nil { throw ValidationError("Missing expected argument '<run>'") }
      if blocks == nil { throw ValidationError("Missing expected argument '--blocks <k>'") }
    }
  }

  func run() throws {
    let progress = messages.progress
    if let chosen = try writing.chosen {
      let repair = try write(chosen, progress)
      switch printing.format {
      case .json: try StandardOutput.write(writing.json(chosen, repair: repair?.json))
      case .table, .mergekit: try StandardOutput.write(repair?.table ?? "")
      }
    } else if let folder, let blocks {
      let record = try LoadedRun(contentsOf: URL(filePath: folder))
      let suggestion = try PruneSuggestion(
        record, blocks: blocks, metric: metric?.metric, scope: scope,
        domains: domains.choice.names(among: record.domains.map(\.name)), seed: random.seed)
      let repair = writing.write == nil ? nil : try write(suggestion.checkpoint(of: writing.modelURL), progress)
      switch printing.format {
      case .table: try StandardOutput.write(suggestion.table + (repair.map { "\n" + $0.table } ?? ""))
      case .json: try StandardOutput.write(suggestion.json(repair: repair?.json))
      case .mergekit: try StandardOutput.write(suggestion.mergekit())
      }
      progress.note(suggestion.note)
    }
  }

  /// Writes the checkpoint; returns what its repair brings, if that is asked for.
  private func write(_ checkpoint: PrunedCheckpoint, _ progress: ProgressLine) throws -> RepairReport? {
    guard repairing.repair, let write = writing.write else {
      try writing.save(checkpoint, progress)
      return nil
    }
    return try repairing.report(
      checkpoint, to: URL(filePath: write), domains: domains.choice, seed: random.seed, progress
    ) {
      try writing.save($0, progress)
    }
  }
}

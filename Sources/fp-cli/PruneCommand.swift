import ArgumentParser
import Foundation
import ProfileReport
import Profiler

struct PruneCommand: ParsableCommand {
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

  func validate() throws {
    try checkPaths(["<run>": folder])
    try checkCounts(["--blocks": (blocks, 1...Int.max)])
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
      try writing.save(chosen, progress)
      if printing.format == .json { try StandardOutput.write(writing.json(chosen)) }
    } else if let folder, let blocks {
      let record = try LoadedRun(contentsOf: URL(filePath: folder))
      let suggestion = try PruneSuggestion(
        record, blocks: blocks, metric: metric?.metric, scope: scope,
        domains: domains.choice.names(among: record.domains.map(\.name)), seed: random.seed)
      if writing.write != nil { try writing.save(suggestion.checkpoint(of: writing.modelURL), progress) }
      switch printing.format {
      case .table: try StandardOutput.write(suggestion.table)
      case .json: try StandardOutput.write(suggestion.json)
      case .mergekit: try StandardOutput.write(suggestion.mergekit)
      }
      progress.note(suggestion.note)
    }
  }
}

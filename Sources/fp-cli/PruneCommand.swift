import ArgumentParser
import Foundation
import ProfileReport
import Profiler

struct PruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Names the blocks that change the residual stream least, and writes a checkpoint without blocks.",
    discussion: """
      Blocks are ranked by the mean over domains of their means over texts, over all tokens: a model without the blocks \
      has to do without what they do to sinks too. How often a block is among the least when the texts are drawn anew \
      says how sure its rank is among texts like these. Blocks are judged one by one: the distance across \
      several blocks in a row (Gromov et al. 2024) is not recorded by a run.

      Similarity is a hint. Only ablation, running the model without the blocks, proves what they are worth.

      With --write a checkpoint without the blocks is written, which Hugging Face transformers and fp-cli load; with \
      --layers without any ranking. Tensors keep their bytes, and its numbers are those of profile, perplexity and \
      generate with the same --layers.

      EXAMPLES
        fp-cli prune run --blocks 4
        fp-cli prune run --blocks 4 --metric relative_norm --domain cpp
        fp-cli prune run --blocks 4 --format mergekit > pruned.yaml
        fp-cli prune run --blocks 4 --write pruned
        fp-cli prune --model smollm2 --layers 0-12,15-29 --write pruned
      """)

  enum Format: String, OutputFormat {
    case table, json, mergekit
    static let usual = table
  }

  @Argument(help: ArgumentHelp("Folder of a run; not with --layers.", valueName: "run"), completion: .directory)
  var folder: String?

  @Option(help: ArgumentHelp("Number of blocks to remove; not with --layers.", valueName: "k"))
  var blocks: Int?

  @Option(
    help: ArgumentHelp("Metric that ranks the blocks.", valueName: "name"),
    completion: .list(RankingArgument.allValueStrings))
  var metric = RankingArgument(.blockInfluence)

  @Option(
    help: ArgumentHelp(
      "Tokens that count. With fewer than all, a block that makes a sink looks idle where the sink is left out.",
      valueName: "tokens"))
  var scope = Scope.all

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
        record, blocks: blocks, metric: metric.metric, scope: scope,
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

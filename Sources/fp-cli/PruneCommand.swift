import ArgumentParser
import ProfileReport
import Profiler

struct PruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Names the blocks that change the residual stream least, candidates for removal.",
    discussion: """
      Blocks are ranked by the mean over domains of their means over texts, over all tokens: a model without the blocks \
      has to do without what they do to sinks too. How often a block is among the least when the texts are drawn anew \
      says how sure its rank is among texts like these. Blocks are judged one by one: the distance across \
      several blocks in a row (Gromov et al. 2024) is not recorded by a run.

      Similarity is a hint. Only ablation, running the model without the blocks, proves what they are worth.

      EXAMPLES
        fp-cli prune run --blocks 4
        fp-cli prune run --blocks 4 --metric relative_norm --domain cpp
        fp-cli prune run --blocks 4 --format mergekit > pruned.yaml
      """)

  enum Format: String, OutputFormat {
    case table, json, mergekit
    static let usual = table
  }

  @OptionGroup var source: RunArgument

  @Option(help: ArgumentHelp("Number of blocks to remove.", valueName: "k"))
  var blocks: Int

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

  func validate() throws { try checkCounts(["--blocks": (blocks, 1...Int.max)]) }

  func run() throws {
    let record = try LoadedRun(contentsOf: source.url)
    let suggestion = try PruneSuggestion(
      record, blocks: blocks, metric: metric.metric, scope: scope,
      domains: domains.choice.names(among: record.domains.map(\.name)), seed: random.seed)
    switch printing.format {
    case .table: try StandardOutput.write(suggestion.table)
    case .json: try StandardOutput.write(suggestion.json)
    case .mergekit: try StandardOutput.write(suggestion.mergekit)
    }
    messages.progress.note(suggestion.note)
  }
}

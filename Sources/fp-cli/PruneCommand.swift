import ArgumentParser
import Foundation
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

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, mergekit }

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("How many blocks to remove.", valueName: "k"))
  var blocks: Int

  /// Metric by which blocks can be ranked.
  struct Ranking: ExpressibleByArgument {
    static let allValueStrings = PruneSuggestion.metrics.map(\.rawValue)
    let metric: Metric
    var defaultValueDescription: String { metric.rawValue }

    init(_ metric: Metric) { self.metric = metric }

    init?(argument: String) {
      guard let metric = PruneSuggestion.metrics.first(where: { $0.rawValue == argument }) else { return nil }
      self.metric = metric
    }
  }

  @Option(
    help: ArgumentHelp("Metric that ranks them.", valueName: "name"), completion: .list(Ranking.allValueStrings))
  var metric = Ranking(.blockInfluence)

  @Option(
    help: ArgumentHelp(
      "Which tokens count. Mind the others: a block that makes a sink looks idle where the sink is left out.",
      valueName: "tokens"))
  var scope = Scope.all

  @OptionGroup var domains: DomainOptions

  @Option(help: ArgumentHelp("Seed of the draws.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("What to print: table, json, or mergekit for its YAML.", valueName: "format"))
  var format = Format.table

  @OptionGroup var messages: QuietOption

  func validate() throws {
    try checkPaths(["<run>": folder])
    try checkCounts(["--blocks": (blocks, 1...Int.max)])
  }

  func run() throws {
    let record = try LoadedRun(contentsOf: URL(filePath: folder))
    let suggestion = try PruneSuggestion(
      record, blocks: blocks, metric: metric.metric, scope: scope,
      domains: domains.choice.names(among: record.domains.map(\.name)), seed: seed)
    switch format {
    case .table: try StandardOutput.write(suggestion.table)
    case .json: try StandardOutput.write(suggestion.json)
    case .mergekit: try StandardOutput.write(suggestion.mergekit)
    }
    messages.progress.note(suggestion.note)
  }
}

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
      has to do without what they do to sinks too. How often a block is among the least when \
      the texts are drawn anew says how far to trust its rank. Blocks are judged one by one: the distance across \
      several blocks in a row (Gromov et al. 2024) is not recorded by a run.

      Similarity is a hint. Only ablation, running the model without the blocks, proves what they are worth.

      EXAMPLES
        fp-cli prune run --blocks 4
        fp-cli prune run --blocks 4 --metric angular_distance --domain cpp --domain python
        fp-cli prune run --blocks 4 --format mergekit > pruned.yaml
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, mergekit }

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("How many blocks to remove.", valueName: "k"))
  var blocks: Int

  @Option(
    help: ArgumentHelp(
      "What ranks them: \(PruneSuggestion.metrics.map(\.rawValue).joined(separator: ", ")).", valueName: "name"),
    completion: .list(PruneSuggestion.metrics.map(\.rawValue)))
  var metric = Metric.blockInfluence

  @Option(
    help: ArgumentHelp(
      "The tokens that count: all, without_first_token or without_sinks.", valueName: "tokens"))
  var scope = Scope.all

  @Option(help: ArgumentHelp("A domain that counts; may be given again. All by default.", valueName: "name"))
  var domain: [String] = []

  @Option(help: ArgumentHelp("Seed of the draws.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("What to print: table, json, or mergekit for its YAML.", valueName: "format"))
  var format = Format.table

  @Flag(help: "No messages.")
  var quiet = false

  func validate() throws {
    try checkPaths(["<run>": folder])
    try checkCounts(["--blocks": (blocks, 1...Int.max)])
    guard PruneSuggestion.metrics.contains(metric) else {
      let known = PruneSuggestion.metrics.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--metric: expected \(known), found \(metric.rawValue)")
    }
  }

  func run() throws {
    let record = try RunRecord(contentsOf: URL(filePath: folder))
    let suggestion = try PruneSuggestion(
      record, blocks: blocks, metric: metric, scope: scope, domains: domain, seed: seed)
    switch format {
    case .table: try StandardOutput.write(suggestion.table)
    case .json: try StandardOutput.write(suggestion.json)
    case .mergekit: try StandardOutput.write(suggestion.mergekit)
    }
    ProgressLine(quiet: quiet).note(PruneSuggestion.note)
  }
}

import ArgumentParser
import Foundation
import LlamaCore
import ProfileReport
import Profiler

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Says at which blocks domains differ, are equivalent, or cannot be told apart yet.",
    discussion: """
      Compares the domains of a run, each with each, or those of two runs that have the same name. Two runs must have \
      the same blocks: two models, revisions or precisions. Writes comparison.csv to the folder of the first run, or \
      to --output, and prints for each metric and pair how many blocks are different, equivalent or inconclusive. \
      docs/statistics.md explains every number.

      EXAMPLES
        fp-cli compare run
        fp-cli compare run --metric block_influence --metric abs_mean --log
        fp-cli compare run-base run-chat --output base-and-chat
        fp-cli compare run --format json > comparison.json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var first: String

  @Argument(help: ArgumentHelp("The folder of a second run.", valueName: "run2"), completion: .directory)
  var second: String?

  @Option(
    help: ArgumentHelp("The folder for comparison.csv; by default that of the first run.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp("A metric, as texts.csv calls it; may be repeated; by default all.", valueName: "name"),
    completion: .list(Metric.allCases.map(\.rawValue)))
  var metric: [Metric] = []

  @Option(help: ArgumentHelp("Which tokens; may be repeated; by default all tokens.", valueName: "scope"))
  var scope: [Scope] = []

  @Option(help: ArgumentHelp("The share of false alarms to put up with.", valueName: "share"))
  var alpha = ComparisonSettings().alpha

  @Option(help: ArgumentHelp("Effects (Hedges' g) within ± this are equivalent.", valueName: "g"))
  var equivalenceBound = ComparisonSettings().equivalenceBound

  @Option(help: ArgumentHelp("Random relabellings of the texts per pair.", valueName: "n"))
  var permutations = ComparisonSettings().permutations

  @Option(help: ArgumentHelp("Where random numbers begin.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Compares the first N tokens of texts that have as many; the run must be one of profile --max-tokens N.",
      valueName: "n"))
  var matchTokens: Int?

  @Flag(help: "Compares logarithms. Leaves out the metric mean, which may be negative.")
  var log = false

  @Option(
    help: ArgumentHelp("Threads that compute; by default one per processor. No number depends on it.", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("What to print: table, json or csv.", valueName: "format"))
  var format = Format.table

  @Flag(help: "No progress, no messages.")
  var quiet = false

  func validate() throws {
    try checkPaths(["run": first, "run2": second, "--output": output])
    try checkCounts([
      "--permutations": (permutations, 1...10_000_000), "--match-tokens": (matchTokens, 1...Int.max),
      "--threads": (threads, 1...1024),
    ])
    guard alpha > 0, alpha < 1 else {
      throw ValidationError("--alpha: expected a number between 0 and 1, found \(alpha)")
    }
    guard equivalenceBound > 0, equivalenceBound < .infinity else {
      throw ValidationError("--equivalence-bound: expected a positive number, found \(equivalenceBound)")
    }
  }

  func run() throws {
    let runs = try ComparedRuns(
      RunRecord(contentsOf: URL(filePath: first)), second.map { try RunRecord(contentsOf: URL(filePath: $0)) },
      matchingTokens: matchTokens)
    for metric in metric where !runs.metrics.contains(metric) {
      let known = runs.metrics.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--metric: expected one of \(known), found \(metric.rawValue)")
    }
    for scope in scope where !runs.scopes.contains(scope) {
      let known = runs.scopes.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--scope: expected one of \(known), found \(scope.rawValue)")
    }
    // In the order of the files, each once.
    let metrics = runs.metrics.filter { metric.isEmpty ? !(log && $0 == .mean) : metric.contains($0) }
    let scopes = runs.scopes.filter { scope.isEmpty ? $0 == .all : scope.contains($0) }
    let inputs = try scopes.flatMap { scope in try metrics.map { try runs.samples($0, scope) } }
    let folder = URL(filePath: output ?? first)
    try OwnFile.comparison.check(folder.appending(path: ComparisonCSV.fileName))

    var settings = ComparisonSettings()
    settings.alpha = alpha
    settings.equivalenceBound = equivalenceBound
    settings.permutations = permutations
    settings.seed = seed
    settings.usesLogScale = log
    settings.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let progress = ProgressLine(quiet: quiet)
    let comparisons = try DomainComparison.compare(inputs, layers: runs.layers, settings: settings) { fraction in
      progress.show(fraction, "comparing \(TextTable.count(inputs.count, "metric"))")
    }
    progress.clear()
    try ComparisonCSV.write(comparisons, to: folder)
    switch format {
    case .table: try StandardOutput.write(try VerdictTable(comparisons, of: runs).text)
    case .json: try StandardOutput.write(ComparisonJSON.text(comparisons))
    case .csv: try StandardOutput.write(ComparisonCSV.text(comparisons))
    }
    progress.note(
      "\(duration(progress.elapsed)); results in \(folder.appending(path: ComparisonCSV.fileName).relativePath)")
  }
}

extension Metric: ExpressibleByArgument {}
extension Scope: ExpressibleByArgument {}

import ArgumentParser
import Foundation
import Foundations
import ProfileReport
import Profiler
import Statistics

struct CompareCommand: ParsableCommand, MemoryLimited {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Says at which blocks domains differ, are equivalent, or cannot be told apart yet.",
    discussion: """
      Compares the domains of a run, each with each, or those of two runs that have the same name: two models, revisions \
      or precisions. Two runs must have the same blocks. Where they hold the same texts these are paired; where each \
      has texts that the other has not, --unpaired is needed. Copies of a text count once.

      Prints for each metric and pair how many blocks are different, equivalent or inconclusive. The run's own full \
      comparison (all metrics and scopes, no other option) is comparison.csv in its folder; any other has a file of its \
      own in the folder comparisons there, named after all that it depends on; its columns say what most readers need. docs/statistics.md explains every number.

      EXAMPLES
        fp-cli compare run
        fp-cli compare run --metric block_influence --metric abs_mean --log
        fp-cli compare run --pool code=cpp,python --pool prose=legal,bills
        fp-cli compare run-base run-chat --output base-and-chat
        fp-cli compare run --format json > comparison.json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var first: String

  @Argument(help: ArgumentHelp("The folder of a second run.", valueName: "run2"), completion: .directory)
  var second: String?

  @Option(
    help: ArgumentHelp("The folder to write into; by default that of the first run.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp("A metric, as texts.csv calls it; may be repeated; by default all.", valueName: "name"),
    completion: .list(Metric.allCases.map(\.rawValue)))
  var metric: [Metric] = []

  @Option(
    help: ArgumentHelp(
      "A scope of tokens, as texts.csv calls it; may be repeated; by default the narrowest that a metric has.",
      valueName: "scope"))
  var scope: [Scope] = []

  @OptionGroup var tests: TestOptions

  @Option(help: ArgumentHelp("Effects (Hedges' g) within ± this are equivalent.", valueName: "g"))
  var equivalenceBound = ComparisonSettings().equivalenceBound

  @Option(
    help: ArgumentHelp(
      "Compares the first N tokens of texts that have as many; the run must be one of profile --max-tokens N.",
      valueName: "n"))
  var matchTokens: Int?

  @Flag(help: "Compares logarithms. Leaves out the metric mean, which may be negative.")
  var log = false

  @Option(
    help: ArgumentHelp(
      "Takes the texts of domains together as one: NAME=DOMAIN,DOMAIN; may be repeated. Domains in no pool are left out.",
      valueName: "pool"))
  var pool: [PoolArgument] = []

  @Flag(help: "Compares two runs as independent samples, whatever their texts.")
  var unpaired = false

  @OptionGroup var machine: MachineOptions

  @Option(help: ArgumentHelp("What to print: table, json or csv.", valueName: "format"))
  var format = Format.table

  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws {
    try checkPaths(["run": first, "run2": second, "--output": output])
    try checkCounts(["--match-tokens": (matchTokens, 1...Int.max)])
    if unpaired, second == nil { throw ValidationError("--unpaired: expected two runs, found one") }
    guard equivalenceBound > 0, equivalenceBound < .infinity else {
      throw ValidationError("--equivalence-bound: expected a positive number, found \(equivalenceBound)")
    }
  }

  func run() throws {
    let records = try [first, second].compactMap(\.self).map { path in
      try LoadedRun(contentsOf: URL(filePath: path)).pooled(pool.map(\.pool))
    }
    let runs = try ComparedRuns(
      records[0], records.count > 1 ? records[1] : nil, matchingTokens: matchTokens, isUnpaired: unpaired)
    try runs.checkTexts()
    let columns = try chosen(of: runs)
    let settings = try runs.memory(columns: columns.count)
      .fitted(settings, limit: memoryLimit?.bytes)
    let folder = URL(filePath: output ?? first)
    let file = ComparisonFile(
      runs, columns: columns, settings: settings, isOwnFolder: folder.isSameFolder(as: URL(filePath: first)))
    if output != nil, let reason = refusal(toWriteInto: folder) {
      throw ReportError.cannotWrite(file: folder.relativePath, reason: reason)
    }
    // A run in a read-only folder can still be compared.
    let canWrite = output != nil || refusal(toWriteInto: folder) == nil
    if canWrite { try file.check(in: folder) }

    let progress = messages.progress
    let comparisons = try runs.comparisons(columns, settings) { fraction in
      progress.show(fraction, "comparing \(TextTable.count(Set(columns.map(\.metric)).count, "metric"))")
    }
    progress.clear()
    if canWrite { try file.write(comparisons, to: folder) }
    switch format {
    case .table: try StandardOutput.write(VerdictTable(comparisons, of: runs).text)
    case .json: try ComparisonJSON.write(comparisons, of: runs) { try StandardOutput.write($0) }
    case .csv: try StandardOutput.write(ComparisonCSV.text(comparisons, tokens: matchTokens))
    }
    if format == .csv { for note in runs.notes { progress.note(note) } }
    let place =
      canWrite
      ? "results in \(folder.appending(path: file.path).relativePath)"
      : "nothing is written into \(first): \(refusal(toWriteInto: folder) ?? ""); --output names another folder"
    progress.note("\(duration(progress.elapsed)); \(place)")
  }

  private var settings: ComparisonSettings {
    var settings = tests.settings(threads: machine.threads)
    settings.equivalenceBound = equivalenceBound
    settings.usesLogScale = log
    return settings
  }

  /// Returns the columns to compare, in the order of the files, without duplicates.
  private func chosen(of runs: ComparedRuns) throws -> [ComparedColumn] {
    for metric in metric where !runs.metrics.contains(metric) {
      let known = runs.metrics.map(\.rawValue).joined(separator: ", ")
      throw RunComparisonError.option("--metric", expected: "one of \(known)", found: metric.rawValue)
    }
    for scope in scope where !runs.scopes.contains(scope) {
      let known = runs.scopes.map(\.rawValue).joined(separator: ", ")
      throw RunComparisonError.option("--scope", expected: "one of \(known)", found: scope.rawValue)
    }
    let columns = (scope.isEmpty ? runs.mainColumns : runs.columns).filter { column in
      let isWanted = metric.isEmpty ? !(log && column.metric.isSigned) : metric.contains(column.metric)
      return isWanted && (scope.isEmpty || column.scope.map(scope.contains) ?? true)
    }
    for metric in metric where !columns.contains(where: { $0.metric == metric }) {
      let known = metric.scopes.filter(runs.scopes.contains).map(\.rawValue).joined(separator: " or ")
      throw RunComparisonError.option(
        "--scope", expected: "\(known) for \(metric.rawValue)", found: scope.map(\.rawValue).joined(separator: ", "))
    }
    return columns
  }
}

extension Metric: ExpressibleByArgument {}
extension Scope: ExpressibleByArgument {}

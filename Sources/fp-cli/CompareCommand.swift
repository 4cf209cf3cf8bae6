import ArgumentParser
import Foundation
import Foundations
import ProfileReport
import Profiler
import Statistics

struct CompareCommand: ParsableCommand, MemoryLimited {
  enum Format: String, OutputFormat {
    case table, json, csv
    static let usual = table
  }

  @Argument(
    help: ArgumentHelp(
      "Folder of a run; of a second run of the same domains; of more runs in order.", valueName: "run"),
    completion: .directory)
  var folders: [String]

  @Option(
    help: ArgumentHelp(
      "Prints how many texts a difference of this size takes, from the scatter of the texts at hand, and compares nothing: "
        + "percent of the mean, such as 2%, or standard deviations, such as 0.3; may be repeated.",
      valueName: "size"))
  var plan: [EquivalenceBound] = []

  @OptionGroup var output: OutputOption
  @OptionGroup var comparison: ComparisonOptions
  @OptionGroup var machine: MachineOptions
  @OptionGroup var printing: FormatOption<Format>
  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws {
    for folder in folders { try checkPaths(["run": folder]) }
    if comparison.unpaired, folders.count < 2 { throw ValidationError("--unpaired: expected two runs, found one") }
    guard !plan.isEmpty else { return }
    if let size = plan.first(where: { !$0.isValid }) {
      throw ValidationError("--plan: expected a positive number, found \(size)")
    }
    if folders.count > 2 { throw ValidationError("--plan: expected one or two runs, found \(folders.count)") }
    if printing.format == .csv { throw ValidationError("--plan: expected --format table or json, found csv") }
    if output.url != nil { throw ValidationError("--plan: expected no --output, because nothing is written") }
    if plan.contains(where: \.isRatio), let signed = comparison.metric.first(where: \.isSigned) {
      throw ValidationError(
        "--plan: \(signed) may be negative and has no percentages; give standard deviations, or leave out this --metric"
      )
    }
  }

  func run() throws {
    let records = try folders.map { path in
      try comparison.record(URL(filePath: path)).pooled(comparison.pooling.pools)
    }
    if records.count > 2 { return try compareInOrder(records) }
    let runs = try ComparedRuns(
      records[0], records.count > 1 ? records[1] : nil, matchingTokens: comparison.matchTokens,
      isUnpaired: comparison.unpaired)
    if plan.isEmpty { try compare(runs) } else { try printPlan(runs) }
  }

  private func compare(_ runs: ComparedRuns) throws {
    try runs.checkTexts()
    let columns = try comparison.columns(of: runs)
    let settings = try settings(of: runs, columns)
    let folder = try writableFolder()
    let file = file(runs, columns, settings)
    if let folder { try file.check(in: folder) }

    let progress = messages.progress
    let comparisons = try runs.comparisons(columns, settings) { progress.show($0, comparing(columns)) }
    progress.clear()
    if let folder { try file.write(comparisons, to: folder) }
    switch printing.format {
    case .table: try StandardOutput.write(VerdictTable(comparisons, of: runs).text)
    case .json: try ComparisonJSON.write(comparisons, of: runs) { try StandardOutput.write($0) }
    case .csv:
      try StandardOutput.write(ComparisonCSV.text(comparisons, prefix: runs.prefix))
      for note in runs.notes { progress.note(note) }
    }
    progress.note("\(duration(progress.elapsed)); \(place(folder, [file.path]))")
  }

  /// Compares each run with the first, and tests the change along their order.
  private func compareInOrder(_ records: [LoadedRun]) throws {
    let runs = try OrderedRuns(records, matchingTokens: comparison.matchTokens, isUnpaired: comparison.unpaired)
    for pair in runs.comparisons { try pair.checkTexts() }
    let columns = try runs.columns(
      metrics: comparison.metric, scopes: comparison.scope, isPositive: comparison.isPositive)
    let settings = try runs.comparisons.map { try self.settings(of: $0, columns) }
    let folder = try writableFolder()
    let files = zip(runs.comparisons, settings).map { file($0, columns, $1) }
    if let folder { try OrderedRuns.check(files, in: folder) }

    let progress = messages.progress
    var found: [[DomainComparison]] = []
    for (pair, settings) in zip(runs.comparisons, settings) {
      let (done, count) = (Double(found.count), Double(runs.comparisons.count))
      found.append(try pair.comparisons(columns, settings) { progress.show((done + $0) / count, comparing(columns)) })
    }
    let trends = try runs.trends(columns, settings[0])
    progress.clear()
    let paths = try folder.map { try runs.write(found, trends, files, to: $0) } ?? []
    switch printing.format {
    case .table: try StandardOutput.write(runs.text(found, trends))
    case .json: try runs.writeJSON(found, trends) { try StandardOutput.write($0) }
    case .csv:
      for (place, comparisons) in found.enumerated() {
        let text = ComparisonCSV.text(comparisons, prefix: runs.prefix, withHeader: place == 0)
        try StandardOutput.write(text)
      }
      for note in runs.comparisons.flatMap(\.notes) { progress.note(note) }
    }
    progress.note("\(duration(progress.elapsed)); \(place(folder, paths))")
  }

  /// Prints how many texts differences of the given sizes take.
  private func printPlan(_ runs: ComparedRuns) throws {
    let columns = try runs.columns(
      metrics: comparison.metric, scopes: comparison.scope,
      isPositive: comparison.log || plan.contains(where: \.isRatio))
    let settings = comparison.settings(threads: machine.threads)
    let table = PlanTable(try runs.plans(columns, sizes: plan, settings: settings), settings: settings)
    try StandardOutput.write(printing.format == .json ? table.json : table.text)
    for note in runs.notes { messages.progress.note(note) }
  }

  private func settings(of runs: ComparedRuns, _ columns: [ComparedColumn]) throws -> ComparisonSettings {
    try runs.memory(columns: columns.count)
      .fitted(comparison.settings(threads: machine.threads), limit: memoryLimit?.bytes)
  }

  private func file(
    _ runs: ComparedRuns, _ columns: [ComparedColumn], _ settings: ComparisonSettings
  ) -> ComparisonFile {
    let own = URL(filePath: folders[0])
    return ComparisonFile(
      runs, columns: columns, settings: settings, isOwnFolder: (output.url ?? own).isSameFolder(as: own))
  }

  private func comparing(_ columns: [ComparedColumn]) -> String {
    "comparing \(TextTable.count(Set(columns.map(\.metric)).count, "metric"))"
  }

  /// Returns the folder of the results; nil for a run in a read-only folder, which can still be compared.
  private func writableFolder() throws -> URL? {
    let folder = output.url ?? URL(filePath: folders[0])
    guard let refusal = refusal(toWriteInto: folder) else { return folder }
    if output.url != nil { throw ReportError.cannotWrite(file: folder.relativePath, reason: refusal) }
    return nil
  }

  /// Returns where the results are.
  private func place(_ folder: URL?, _ paths: [String]) -> String {
    guard let folder else {
      let refusal = refusal(toWriteInto: URL(filePath: folders[0])) ?? ""
      return "nothing is written into \(folders[0]): \(refusal); --output names another folder"
    }
    return "results in \(paths.map { folder.appending(path: $0).relativePath }.joined(separator: " "))"
  }
}

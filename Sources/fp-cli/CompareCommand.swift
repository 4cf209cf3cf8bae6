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

  @Argument(help: ArgumentHelp("Folder of a run.", valueName: "run"), completion: .directory)
  var first: String

  @Argument(help: ArgumentHelp("Folder of a second run.", valueName: "run2"), completion: .directory)
  var second: String?

  @OptionGroup var output: OutputOption
  @OptionGroup var comparison: ComparisonOptions
  @OptionGroup var machine: MachineOptions
  @OptionGroup var printing: FormatOption<Format>
  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws {
    try checkPaths(["run": first, "run2": second])
    if comparison.unpaired, second == nil { throw ValidationError("--unpaired: expected two runs, found one") }
  }

  func run() throws {
    let runs = try compared()
    let columns = try comparison.columns(of: runs)
    let settings = try runs.memory(columns: columns.count)
      .fitted(comparison.settings(threads: machine.threads), limit: memoryLimit?.bytes)
    let own = URL(filePath: first)
    let folder = output.url ?? own
    let file = ComparisonFile(
      runs, columns: columns, settings: settings, isOwnFolder: folder.isSameFolder(as: own))
    // A run in a read-only folder can still be compared.
    let refusal = refusal(toWriteInto: folder)
    if let refusal, output.url != nil { throw ReportError.cannotWrite(file: folder.relativePath, reason: refusal) }
    if refusal == nil { try file.check(in: folder) }

    let progress = messages.progress
    let comparisons = try runs.comparisons(columns, settings) { fraction in
      progress.show(fraction, "comparing \(TextTable.count(Set(columns.map(\.metric)).count, "metric"))")
    }
    progress.clear()
    if refusal == nil { try file.write(comparisons, to: folder) }
    switch printing.format {
    case .table: try StandardOutput.write(VerdictTable(comparisons, of: runs).text)
    case .json: try ComparisonJSON.write(comparisons, of: runs) { try StandardOutput.write($0) }
    case .csv:
      try StandardOutput.write(ComparisonCSV.text(comparisons, tokens: comparison.matchTokens))
      for note in runs.notes { progress.note(note) }
    }
    let place =
      refusal.map { "nothing is written into \(first): \($0); --output names another folder" }
      ?? "results in \(folder.appending(path: file.path).relativePath)"
    progress.note("\(duration(progress.elapsed)); \(place)")
  }

  /// Reads the runs.
  private func compared() throws -> ComparedRuns {
    let records = try [first, second].compactMap(\.self).map { path in
      try LoadedRun(contentsOf: URL(filePath: path)).pooled(comparison.pooling.pools)
    }
    let runs = try ComparedRuns(
      records[0], records.count > 1 ? records[1] : nil, matchingTokens: comparison.matchTokens,
      isUnpaired: comparison.unpaired)
    try runs.checkTexts()
    return runs
  }
}

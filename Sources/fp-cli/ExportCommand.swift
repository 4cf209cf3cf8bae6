import ArgumentParser
import Foundation
import Foundations
import ProfileReport
import ProfileStore
import Profiler
import Statistics

struct ExportCommand: ParsableCommand, MemoryLimited {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the files that derive from a run: CSV, manifest, comparisons and report.",
    discussion: """
      A run is one file, profile.sqlite. This reads it and writes <domain>.csv, texts.csv, summary.csv, massive.csv, \
      manifest.json, comparison.csv, report.html and figures/*.svg, the same bytes every time but for the date of the page. Each \
      appears whole or not at all.

      EXAMPLES
        fp-cli export run
        fp-cli export run --output tables --no-report
        sqlite3 run/profile.sqlite 'SELECT * FROM texts LIMIT 5'
      """)

  @Argument(help: ArgumentHelp("The folder of a finished run.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("The folder for the files; by default that of the run.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Does not compare the domains and writes no report.html and no comparison.csv.")
  var noReport = false

  @OptionGroup var machine: MachineOptions

  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws { try checkPaths(["<run>": folder, "--output": output]) }

  func run() throws {
    let run = URL(filePath: folder)
    let target = URL(filePath: output ?? folder)
    let progress = messages.progress
    let store = try ProfileStore(reading: run.appending(path: RunFolder.fileName))
    if let reason = refusal(toWriteInto: target) {
      throw ReportError.cannotWrite(file: target.relativePath, reason: "\(reason); --output names another folder")
    }
    try RunOwner.check(target, store.settings)
    try RunExport.check(target, domains: store.domains().map(\.name), withReport: !noReport)
    let export = try RunExport(store)
    var settings = ComparisonSettings()
    settings.threads = machine.threads
    if !noReport { _ = try ReportMemory(store).fitted(settings, limit: memoryLimit?.bytes) }
    try export.write(to: target, withReport: !noReport)
    if !noReport {
      try writeReport(of: run, to: target, settings, memoryLimit: memoryLimit?.bytes, progress)
    }
    progress.note("\(duration(progress.elapsed)); files in \(output ?? folder)")
  }
}

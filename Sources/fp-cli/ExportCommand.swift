import ArgumentParser
import Foundation
import Foundations
import LlamaCore
import ProfileReport
import ProfileStore
import Profiler
import Statistics

struct ExportCommand: ParsableCommand, MemoryLimited {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the files that derive from a run: CSV, manifest, comparisons and report.",
    discussion: """
      A run is one file, profile.sqlite. This reads it and writes <domain>.csv, texts.csv, summary.csv, massive.csv, groups.csv, \
      manifest.json, comparison.csv, shape.csv, identification.csv, report.html and figures/*.svg, the same bytes every time but for the date of the page. Each \
      appears whole or not at all.

      EXAMPLES
        fp-cli export run
        fp-cli export run --output tables --no-report
        sqlite3 run/profile.sqlite 'SELECT * FROM texts LIMIT 5'
      """)

  @OptionGroup var source: RunArgument
  @OptionGroup var output: OutputOption
  @OptionGroup var report: ReportOption
  @OptionGroup var machine: MachineOptions
  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func run() throws {
    let progress = messages.progress
    let store = try ProfileStore(reading: source.database)
    let files = RunFiles(of: source.url, in: output.url, machine, report, progress: progress)
    try checkWritable(files.directory)
    if let report = try files.write(store).report { progress.note(report.note) }
    progress.note("\(duration(progress.elapsed)); files in \(output.output ?? source.folder)")
  }
}

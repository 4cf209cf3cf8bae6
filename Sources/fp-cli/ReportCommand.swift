import ArgumentParser
import Foundation
import LlamaCore
import ProfileReport
import Profiler

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Compares the domains of a run and draws it: report.html, comparison.csv and figures/*.svg.",
    discussion: """
      The page is one file that needs no network: what the run says in sentences, the pictures, which domains differ \
      at which blocks, candidates for pruning, and how every number is defined. The pictures are also files of their \
      own, fit for a paper. comparison.csv holds the numbers behind them. All are written into the folder of the run.

      EXAMPLES
        fp-cli report run
        fp-cli report run --alpha 0.01 --permutations 100000
      """)

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("The share of false alarms that is put up with.", valueName: "share"))
  var alpha = ComparisonSettings().alpha

  @Option(help: ArgumentHelp("Random relabellings of the texts for each pair.", valueName: "n"))
  var permutations = ComparisonSettings().permutations

  @Option(help: ArgumentHelp("Seed of all random draws: the same seed gives the same page.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("Threads that compute; by default one per processor. No number depends on it.", valueName: "n"))
  var threads: Int?

  @Flag(help: "No progress, no messages.")
  var quiet = false

  func validate() throws {
    try checkPaths(["<run>": folder])
    try checkCounts(["--threads": (threads, 1...1024), "--permutations": (permutations, 1...10_000_000)])
    guard alpha > 0, alpha < 1 else {
      throw ValidationError("--alpha: expected a number between 0 and 1, found \(alpha)")
    }
  }

  func run() throws {
    var settings = ComparisonSettings()
    settings.alpha = alpha
    settings.permutations = permutations
    settings.seed = seed
    settings.threads = threads ?? RunOptions().threads
    try writeReport(of: URL(filePath: folder), settings, ProgressLine(quiet: quiet))
  }
}

/// Compares a run's domains and writes comparison.csv and its report.
///
/// - Parameter folder: where to; nil for the run's own.
func writeReport(
  of run: URL, to folder: URL? = nil, _ settings: ComparisonSettings, _ progress: ProgressLine
) throws {
  let folder = folder ?? run
  try RunReport.check(folder)
  let record = try RunRecord(contentsOf: run)
  let comparisons = try record.comparisons(settings) { progress.show($0, "comparing domains") }
  // In the order of fp-cli compare.
  let sorted = record.scopes.flatMap { scope in comparisons.filter { $0.scope == scope } }
  try ComparisonCSV.write(sorted, to: folder)
  let (page, bytes) = try RunReport(record, comparisons: comparisons, seed: settings.seed).write(to: folder)
  progress.note("report in \(page.relativePath), \(size(bytes))")
}

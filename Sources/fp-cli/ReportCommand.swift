import ArgumentParser
import Foundation
import LlamaCore
import ProfileReport
import Profiler

struct ReportCommand: ParsableCommand, MemoryLimited {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Compares the domains of a run and draws it: report.html, comparison.csv and figures/*.svg.",
    discussion: """
      The page is one file that needs no network: what the run says in sentences, the pictures, which domains differ \
      at which blocks, candidates for pruning, and how every number is defined. The pictures are also files of their \
      own, fit for a paper. comparison.csv holds the numbers behind them; with other settings than the usual ones, which need --output, a file \
      in the folder comparisons does. All are written into the folder of the run, or into that of --output.

      EXAMPLES
        fp-cli report run
        fp-cli report run --alpha 0.01 --permutations 100000 --output run-strict
        fp-cli report run --pool code=cpp,python --output run-pooled
      """)

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("The folder to write into; by default that of the run.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      """
      Takes the texts of domains together as one: NAME=DOMAIN,DOMAIN; may be repeated. Domains in no pool are left out. \
      Needs --output.
      """, valueName: "pool"))
  var pool: [PoolArgument] = []

  @Option(help: ArgumentHelp("The share of false alarms that is put up with.", valueName: "share"))
  var alpha = ComparisonSettings().alpha

  @Option(help: ArgumentHelp("Random relabellings of the texts for each pair.", valueName: "n"))
  var permutations = ComparisonSettings().permutations

  @Option(help: ArgumentHelp("Seed of all random draws: the same seed gives the same page.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("Threads that compute; by default one per processor. No number depends on it.", valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Peak memory to stay within, such as 800MB or 2GiB; by default half of what is free. No number depends on it.",
      valueName: "size"))
  var memoryLimit: ByteCount?

  @Flag(help: "No progress, no messages.")
  var quiet = false

  func validate() throws {
    try checkPaths(["<run>": folder, "--output": output])
    let usual = ComparisonSettings()
    let others = [
      ("--pool", !pool.isEmpty), ("--alpha", alpha != usual.alpha),
      ("--permutations", permutations != usual.permutations),
      ("--seed", seed != usual.seed),
    ]
    if let option = others.first(where: \.1)?.0, URL(filePath: output ?? folder).isSameFolder(as: URL(filePath: folder))
    {
      throw ValidationError(
        "\(option): expected --output with a folder other than the run's, whose own report would be lost")
    }
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
    try writeReport(
      of: URL(filePath: folder), to: output.map { URL(filePath: $0) }, pools: pool.map(\.pool), settings,
      memoryLimit: memoryLimit?.bytes, ProgressLine(quiet: quiet))
  }
}

/// Compares a run's domains and writes the comparison and its report.
///
/// - Parameters:
///   - folder: output folder; nil for that of the run.
///   - pools: domains to combine; none for the run's own.
///   - memoryLimit: peak memory limit in bytes; nil for half of the free memory.
///   - held: bytes that the process holds otherwise.
func writeReport(
  of run: URL, to folder: URL? = nil, pools: [DomainPool] = [], _ settings: ComparisonSettings,
  memoryLimit: Int? = nil, held: Int = 0, _ progress: ProgressLine
) throws {
  let folder = folder ?? run
  if let reason = refusal(toWriteInto: folder) {
    throw ReportError.cannotWrite(file: folder.relativePath, reason: "\(reason); --output names another folder")
  }
  try RunReport.check(folder)
  let record = try RunRecord(contentsOf: run).pooled(pools)
  try RunOwner.check(folder, record.settings)
  let settings = try ReportMemory(record, held: held).fitted(settings, limit: memoryLimit)
  let runs = try ComparedRuns(record)
  let file = ComparisonFile(runs, columns: runs.columns, settings: settings)
  try file.check(in: folder)
  let comparisons = try record.comparisons(settings) { progress.show($0, "comparing domains") }
  // The order of fp-cli compare.
  let sorted = record.scopes.flatMap { scope in comparisons.filter { $0.scope == scope } }
  try file.write(sorted + comparisons.filter { $0.scope == nil }, to: folder)
  let (page, bytes) = try RunReport(record, comparisons: comparisons, seed: settings.seed).write(to: folder)
  progress.note("report in \(page.relativePath), \(size(bytes))")
}

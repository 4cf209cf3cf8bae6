import ArgumentParser
import Foundation
import Foundations
import ProfileReport
import Profiler
import Statistics

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

  @OptionGroup var tests: TestOptions

  @OptionGroup var machine: MachineOptions

  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws {
    try checkPaths(["<run>": folder, "--output": output])
    if let option = pool.isEmpty ? tests.firstChanged : "--pool",
      URL(filePath: output ?? folder).isSameFolder(as: URL(filePath: folder))
    {
      throw ValidationError(
        "\(option): expected --output with a folder other than the run's, whose own report would be lost")
    }
  }

  func run() throws {
    try writeReport(
      of: URL(filePath: folder), to: output.map { URL(filePath: $0) }, pools: pool.map(\.pool),
      tests.settings(threads: machine.threads), memoryLimit: memoryLimit?.bytes, messages.progress)
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
  let record = try LoadedRun(contentsOf: run).pooled(pools)
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

import ArgumentParser
import Foundation
import Foundations
import LlamaCore
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
      own, fit for a paper. Every scope of tokens is on the page, to be chosen there; at first, and in its summary, the \
      sinks are left out (in a run of an earlier version, which has none, the first token). comparison.csv, shape.csv and identification.csv hold the numbers behind them; with other settings than the usual ones or \
      with pools, which need --output, a file in the folder comparisons has the verdicts. All are written into the folder of the \
      run, or into that of --output.

      EXAMPLES
        fp-cli report run
        fp-cli report run --alpha 0.01 --permutations 100000 --output run-strict
        fp-cli report run --pool code=cpp,python --output run-pooled
      """)

  @OptionGroup var source: RunArgument
  @OptionGroup var output: OutputOption
  @OptionGroup var pooling: PoolOption
  @OptionGroup var tests: TestOptions
  @OptionGroup var machine: MachineOptions
  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws {
    if let option = pooling.pool.isEmpty ? tests.firstChanged : "--pool",
      (output.url ?? source.url).isSameFolder(as: source.url)
    {
      throw ValidationError(
        "\(option): expected --output with a folder other than the run's, whose own report would be lost")
    }
  }

  func run() throws {
    let progress = messages.progress
    var files = RunFiles(of: source.url, in: output.url, machine, progress: progress)
    files.settings = tests.settings(threads: machine.threads)
    files.pools = pooling.pools
    try checkWritable(files.directory)
    progress.note(try files.writeReport().note)
  }
}

import ArgumentParser
import Foundation
import Foundations
import LlamaCore
import ProfileBench

struct BenchCommand: ParsableCommand, MemoryLimited {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures the speed and memory of a profile and of decoding, relative to the peak of the machine.",
    discussion: """
      First the largest speed of matrix products, then the profile against it and the cost of observing, then decoding \
      against the speed at which memory is read, then how time and memory of a profile grow with tokens, with the \
      length of a text, and with blocks.

      Without --model it writes a model of random weights to the temporary folder (TMPDIR) and removes it; the shapes \
      are those of fp-cli random-model. Without --corpus it makes 20 texts, 3,020 tokens.

      EXAMPLES
        fp-cli bench
        fp-cli bench --short
        fp-cli bench --shape llama-3.2-1b --precision bfloat16
        fp-cli bench --model Llama-3.2-1B --corpus c.json --format json > bench.json
      """)

  @OptionGroup var subject: BenchSubject

  @Option(help: ArgumentHelp("Precision of the matmuls; both by default, where available.", valueName: "type"))
  var precision: Precision?

  @Option(
    help: ArgumentHelp("Runs of each measurement, whose median counts; 3 by default, 1 with --short.", valueName: "n"))
  var runs: Int?

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Measures single runs and a small curve, for a quick look.")
  var short = false

  @OptionGroup var printing: FormatOption<TableFormat>
  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws {
    if let precision { try PrecisionOption.check(precision) }
    try checkCounts(["--runs": (runs, 1...1000)])
  }

  func run() throws {
    let plan = BenchPlan(
      precisions: precision.map { [$0] } ?? Precision.allCases.filter { $0.unavailableReason == nil },
      threads: machine.threads, runs: runs ?? (short ? 1 : 3), isShort: short,
      memoryLimit: memoryLimit?.bytes)
    let (model, seconds, texts) = try subject.open(messages.progress)
    let bench = Bench(model: model, corpus: texts, plan: plan, openSeconds: seconds)
    let progress = messages.progress
    let report = try bench.run { fraction, work in progress.show(fraction, work) }
    progress.clear()
    let record = BenchRecord(model: subject.name, spec: model.spec, plan: plan, report: report)
    try StandardOutput.write(printing.format == .json ? record.json : record.text)
    progress.note("measured in \(duration(progress.elapsed))")
  }
}

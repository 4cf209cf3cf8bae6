import ArgumentParser
import Foundation
import Foundations
import LlamaCore
import ProfileBench
import ProfileReport
import Profiler

struct BenchCommand: ParsableCommand, MemoryLimited {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures the speed and memory of a profile and of decoding, beside what this machine can do.",
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

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @Option(
    help: ArgumentHelp("A Hugging Face model directory; a random model by default.", valueName: "dir"),
    completion: .directory)
  var model: String?

  @Option(
    help: ArgumentHelp("The random model's shape; smollm-135m by default.", valueName: "name"),
    completion: .list(RandomCheckpoint.all.map(\.name)))
  var shape: String?

  @Option(help: ArgumentHelp("The corpus file to profile.", valueName: "file"), completion: .file(extensions: ["json"]))
  var corpus: String?

  @Option(help: ArgumentHelp("float32 or bfloat16 only; both by default, where available.", valueName: "type"))
  var precision: Precision?

  @Option(
    help: ArgumentHelp("Runs of each measurement, whose median counts; 3 by default, 1 with --short.", valueName: "n"))
  var runs: Int?

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Single runs and a small curve, for a quick look.")
  var short = false

  @Option(help: ArgumentHelp("What to print when done: table or json.", valueName: "format"))
  var format = Format.table

  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws {
    if let precision { try PrecisionOption.check(precision) }
    if model != nil, shape != nil { throw ValidationError("expected --model or --shape, found both") }
    guard RandomCheckpoint.all.contains(where: { $0.name == shapeName }) else {
      throw ValidationError(Self.refusal(of: shapeName))
    }
    try checkPaths(["--model": model, "--corpus": corpus])
    try checkCounts(["--runs": (runs, 1...1000)])
  }

  func run() throws {
    let plan = BenchPlan(
      precisions: precision.map { [$0] } ?? Precision.allCases.filter { $0.unavailableReason == nil },
      threads: machine.threads, runs: runs ?? (short ? 1 : 3), isShort: short,
      memoryLimit: memoryLimit?.bytes)
    let (opened, seconds, texts) = try open()
    let bench = Bench(model: opened, corpus: texts, plan: plan, openSeconds: seconds)
    let progress = messages.progress
    let report = try bench.run { fraction, work in progress.show(fraction, work) }
    progress.clear()
    let record = BenchRecord(
      model: model ?? "\(shapeName), random weights", spec: opened.spec, plan: plan, report: report)
    switch format {
    case .table: try StandardOutput.write(record.text)
    case .json: try StandardOutput.write(record.json)
    }
    progress.note("measured in \(duration(progress.elapsed))")
  }

  private var shapeName: String { shape ?? "smollm-135m" }

  /// Opens the model, and returns it with the seconds that took and the texts to profile.
  private func open() throws -> (model: LlamaModel, seconds: Double, texts: TokenizedCorpus) {
    if let model { return try open(URL(filePath: model)) }
    guard let random = RandomCheckpoint.all.first(where: { $0.name == shapeName }) else {
      throw ValidationError(Self.refusal(of: shapeName))
    }
    // Reports a mistake before writing gigabytes.
    if let corpus { _ = try Corpus(contentsOf: URL(filePath: corpus)) }
    // The open model maps its files, so their names are no longer needed and nothing can be left behind.
    return try TemporaryFolder.use("fp-cli-bench") { folder in
      let progress = messages.progress
      try random.write(to: folder, seed: 0) { bytes in
        progress.show(
          Double(bytes) / Double(random.byteCount), "writing \(random.name), \(size(random.byteCount))")
      }
      progress.clear()
      return try open(folder)
    }
  }

  private func open(_ directory: URL) throws -> (model: LlamaModel, seconds: Double, texts: TokenizedCorpus) {
    let clock = ContinuousClock()
    let start = clock.now
    let model = try LlamaModel(directory: directory)
    let seconds = (clock.now - start) / .seconds(1)
    guard let corpus else { return (model, seconds, BenchTexts.standard(for: model.spec)) }
    let input = try ProfileInput(
      corpus: corpus, model: directory.path, spec: model.spec, domains: DomainChoice(), limit: nil,
      maxTokens: nil, isStrict: true)
    return (model, seconds, input.tokenized)
  }

  private static func refusal(of shape: String) -> String {
    "--shape: expected one of \(RandomCheckpoint.all.map(\.name).joined(separator: ", ")), found \(shape.quoted)"
  }
}

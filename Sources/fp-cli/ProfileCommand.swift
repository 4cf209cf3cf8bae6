import ArgumentParser
import Foundation
import LlamaCore
import ProfileReport
import Profiler

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Measures how much every block changes the residual stream, per text and per domain.",
    discussion: """
      Writes <domain>.csv, texts.csv, summary.csv and manifest.json to the output folder and prints a table.
      A corpus is {"domain": ["text", …], …}, see fp-cli corpus build; a text may also be a list of token ids.

      EXAMPLES
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run
        fp-cli profile --model Llama-3.2-1B --corpus corpus.json --output run --domains cpp legal --limit 16
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @Option(help: "A Hugging Face model directory: config.json, safetensors, tokenizer.json.", completion: .directory)
  var model: String

  @Option(help: "The corpus file.", completion: .file(extensions: ["json"]))
  var corpus: String

  @Option(help: "The folder for the results; made where it is missing.", completion: .directory)
  var output: String

  @Option(parsing: .upToNextOption, help: "Profiles these domains only.")
  var domains: [String] = []

  @Option(help: "Profiles the first N texts of each domain only.")
  var limit: Int?

  @Option(help: "Cuts texts to N tokens; by default to the model's max_position_embeddings.")
  var maxTokens: Int?

  @Option(help: "What the matmuls compute in: float32, or bfloat16 for twice the speed at about 1e-3 relative error.")
  var precision = Precision.float32

  @Option(help: "Threads that compute; by default one per processor. No number depends on it.")
  var threads: Int?

  @Flag(help: "Leaves out block 0, for comparison with measurements that have no row for it.")
  var skipFirstBlock = false

  @Option(help: "What to print when done: table, or json for the manifest.")
  var format = Format.table

  @Flag(help: "No progress, no messages.")
  var quiet = false

  func validate() throws {
    if let reason = precision.unavailableReason {
      throw ValidationError("--precision \(precision.rawValue): \(reason)")
    }
    for (name, value) in [("--limit", limit), ("--max-tokens", maxTokens), ("--threads", threads)] {
      if let value, value < 1 { throw ValidationError("\(name): expected at least 1, found \(value)") }
    }
  }

  func run() throws {
    let progress = ProgressLine(quiet: quiet)
    let started = Date()
    let directory = URL(filePath: model)
    let llama = try LlamaModel(directory: directory)
    let file = URL(filePath: corpus)
    var texts = try Corpus(contentsOf: file)
    if !domains.isEmpty { texts = try texts.selecting(domains: domains) }
    if let limit { texts = texts.limited(to: limit) }

    let maximum = min(maxTokens ?? .max, llama.configuration.maximumPositions)
    let tokenizer = texts.hasStrings ? try Tokenizer(contentsOf: directory) : nil
    let tokenized = try TokenizedCorpus(
      texts, maximumTokens: maximum, vocabularySize: llama.configuration.vocabularySize
    ) { tokenizer?.encode($0) ?? [] }
    guard tokenized.textCount > 0 else {
      throw FileError(path: corpus, reason: .malformed("expected at least one text with a token, found none"))
    }
    progress.note(
      "\(grouped(tokenized.textCount)) texts, \(grouped(tokenized.tokenCount)) tokens, "
        + "\(llama.configuration.layerCount) blocks")

    var options = RunOptions(precision: precision)
    if let threads { options.threads = threads }
    let writer = try RunWriter(directory: URL(filePath: output), domains: tokenized.domains.map(\.name))
    let profiler = CorpusProfiler(corpus: tokenized, model: llama, skipsFirstBlock: skipFirstBlock)
    let sweep = ProgressLine(quiet: quiet)
    let profile = try profiler.profile(with: llama, options: options, sink: writer.add) { state in
      sweep.show(state.fraction, rate(state, sweep.elapsed))
    }
    sweep.clear()
    let manifest = RunManifest(
      model: model, modelFingerprint: try Fingerprint(of: llama.checkpoint), corpus: corpus,
      corpusFingerprint: try Fingerprint(contentsOf: file), precision: precision.rawValue, threads: options.threads,
      bosPolicy: bosPolicy(texts, tokenizer), maximumTokens: maximum, textLimit: limit,
      skipsFirstBlock: skipFirstBlock,
      versions: [("fp-cli", Version.current), ("matmul", LlamaModel.computeLibrary(for: precision))], started: started,
      finished: Date())
    try writer.finish(profile, manifest: manifest)

    switch format {
    case .table: print(ProfileTable(profile).text)
    case .json:
      let written = URL(filePath: output).appending(path: "manifest.json")
      print(try String(contentsOf: written, encoding: .utf8), terminator: "")
    }
    let speed = Double(tokenized.tokenCount) / max(sweep.elapsed, 1e-9)
    progress.note("\(duration(sweep.elapsed)), \(decimals(speed, 1)) tokens/s; results in \(output)")
  }

  private func rate(_ state: CorpusProfiler.Progress, _ elapsed: Double) -> String {
    let speed = Double(state.tokens) * state.fraction / max(elapsed, 1e-9)
    return "\(grouped(state.finishedTexts)) of \(grouped(state.texts)) texts, \(decimals(speed, 1)) tokens/s"
  }

  private func bosPolicy(_ texts: Corpus, _ tokenizer: Tokenizer?) -> String {
    guard let tokenizer else { return "as in the corpus (token ids)" }
    let prefix = tokenizer.prefixTokens.map { tokenizer.token(for: $0) ?? "\($0)" }.joined(separator: " ")
    return prefix.isEmpty ? "tokenizer template, adds none" : "tokenizer template, adds \(prefix)"
  }
}

extension Precision: ExpressibleByArgument {}

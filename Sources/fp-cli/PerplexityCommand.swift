import ArgumentParser
import Foundation
import Foundations
import LlamaCore
import ProfileReport
import Profiler

struct PerplexityCommand: ParsableCommand, MemoryLimited {
  static let configuration = CommandConfiguration(
    commandName: "perplexity",
    abstract: "Measures how likely a model finds the texts of each domain.",
    discussion: """
      nll is the mean negative log-likelihood of a token in nats, over all tokens of a domain but the first of each text, \
      which nothing predicts; perplexity is its exponential. Intervals are 95 % percentile bootstrap intervals, over \
      texts. A text is cut where the model's positions end, and each is judged by itself, without a sliding window.

      EXAMPLES
        fp-cli perplexity --model Llama-3.2-1B --corpus corpus.json
        fp-cli perplexity --model Llama-3.2-1B --corpus corpus.json \\
          --domain cpp --format json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var model: ModelOption

  @OptionGroup var texts: CorpusOptions

  @OptionGroup var precision: PrecisionOption

  @OptionGroup var machine: MachineOptions

  @Option(help: ArgumentHelp("Seed of the random draws for the intervals.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("What to print: table or json.", valueName: "format"))
  var format = Format.table

  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws {
    // One token has no likelihood.
    try checkCounts(["--max-tokens": (texts.maxTokens, 2...Int.max)])
  }

  func run() throws {
    let llama = try LlamaModel(directory: model.url)
    let tokenized = try texts.read(for: llama, model, isStrict: true).tokenized
    var options = RunOptions(precision, machine)
    options.observerBytes = tokenized.byteCount

    let progress = messages.progress
    let texts = tokenized.domains.flatMap { $0.texts.map(\.tokens) }
    var likelihoods: [TextLikelihood] = []
    var done = 0
    var nobody = NoObserver()
    try llama.run(texts, options: options, observer: &nobody) { text, likelihood in
      likelihoods.append(likelihood)
      done += texts[text].count
      progress.show(Double(done) / Double(tokenized.tokenCount), "\(text + 1) of \(texts.count) texts")
    }
    let elapsed = progress.elapsed
    progress.clear()

    var rows: [(name: String, summary: PerplexitySummary)] = []
    var rest = likelihoods[...]
    for domain in tokenized.domains {
      rows.append((domain.name, PerplexitySummary(Array(rest.prefix(domain.texts.count)), seed: seed)))
      rest = rest.dropFirst(domain.texts.count)
    }
    let all = PerplexitySummary(likelihoods, seed: seed)
    switch format {
    case .table: try StandardOutput.write(table(rows.count > 1 ? rows + [("all", all)] : rows))
    case .json: try StandardOutput.write(json(rows, all))
    }
    progress.note("\(duration(elapsed)), \(speed(Double(tokenized.tokenCount), elapsed))")
  }

  private func table(_ rows: [(name: String, summary: PerplexitySummary)]) -> String {
    var table = TextTable(
      header: ["domain", "texts", "tokens", "nll", "low", "high", "perplexity", "low", "high"], names: 1)
    for (name, summary) in rows {
      let (interval, perplexities) = (summary.interval, summary.perplexityInterval)
      let values = [
        summary.mean, interval?.lowerBound, interval?.upperBound, summary.perplexity, perplexities?.lowerBound,
        perplexities?.upperBound,
      ]
      table.add(
        [TextTable.label(name, limit: 40), TextTable.count(summary.texts), TextTable.count(summary.tokens)]
          + values.map(TextTable.number))
    }
    return table.text
  }

  private func json(_ rows: [(name: String, summary: PerplexitySummary)], _ all: PerplexitySummary) -> String {
    func value(_ summary: PerplexitySummary) -> JSONObject {
      func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
      return [
        "texts": .integer(summary.texts), "tokens": .integer(summary.tokens), "nll": number(summary.mean),
        "nll_low": number(summary.interval?.lowerBound), "nll_high": number(summary.interval?.upperBound),
        "perplexity": number(summary.perplexity),
        "perplexity_low": number(summary.perplexityInterval?.lowerBound),
        "perplexity_high": number(summary.perplexityInterval?.upperBound),
      ]
    }
    let domains = rows.map { name, summary in
      var members = value(summary)
      members["domain"] = .string(name)
      return JSONValue.object(members)
    }
    return JSONValue.object(["domains": .array(domains), "all": .object(value(all))]).text(indentation: 2) + "\n"
  }
}

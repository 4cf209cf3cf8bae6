import ArgumentParser
import Foundation
import Foundations
import LlamaCore
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
        fp-cli perplexity --model Llama-3.2-1B --corpus corpus.json \\
          --skip attention:7
      """)

  @OptionGroup var model: ModelOption
  @OptionGroup var texts: CorpusOptions
  @OptionGroup var edits: EditOptions
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var machine: MachineOptions
  @OptionGroup var random: SeedOption
  @OptionGroup var printing: FormatOption<TableFormat>
  @OptionGroup var messages: QuietOption

  var memoryLimit: ByteCount? { machine.memoryLimit }

  func validate() throws {
    // One token has no likelihood.
    try checkCounts(["--max-tokens": (texts.maxTokens, 2...Int.max)])
  }

  func run() throws {
    let llama = try edits.model(model)
    let corpus = try texts.read(for: llama, isStrict: true).tokenized
    let progress = messages.progress
    // Without the time of the intervals.
    var elapsed = 0.0
    let perplexity = try CorpusPerplexity(
      of: corpus, model: llama, options: RunOptions(precision, machine), seed: random.seed
    ) { state in
      elapsed = progress.elapsed
      progress.show(state.fraction, "\(state.finishedTexts) of \(state.texts) texts")
    }
    progress.clear()
    try StandardOutput.write(perplexity.text(printing.format))
    progress.note("\(duration(elapsed)), \(speed(Double(corpus.tokenCount), elapsed))")
  }
}

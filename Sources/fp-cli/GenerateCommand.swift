import ArgumentParser
import Foundation
import Foundations
import LlamaCore

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Continues a prompt, token by token.",
    discussion: """
      Takes the likeliest token unless --temperature is above 0; --top-k, --top-p or --min-p alone mean a temperature of 1. \
      The filters are those of Hugging Face transformers, in its order. Settings for sampling in \
      generation_config.json are not applied, its end tokens are.

      The text goes to standard output as it comes, and ends with a line feed; statistics and the seed go to standard \
      error. The same seed gives the same text on any number of threads.

      EXAMPLES
        fp-cli generate --model Llama-3.2-1B "Once upon a time"
        fp-cli generate --model Llama-3.2-1B "Once upon a time" \\
          --temperature 0.8 --top-p 0.95 --seed 7
        fp-cli generate --model Llama-3.2-1B-Instruct --chat "Why is the sky blue?"
        fp-cli generate --model Llama-3.2-1B --stop ';' --format json - < query.sql
        fp-cli generate --model Llama-3.2-1B "Once upon a time" --layers 0-9,12-15
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Maximum number of tokens to generate.", valueName: "n"))
  var maxNewTokens = 256

  @OptionGroup var sampling: SamplingOptions

  @Option(help: ArgumentHelp("Text to end before; may be repeated.", valueName: "text"))
  var stop: [String] = []

  @Flag(help: "Puts the prompt as a question in the model's chat format: Llama 2, Llama 3 or ChatML.")
  var chat = false

  @Option(help: ArgumentHelp("Instruction that stands before the question; goes with --chat.", valueName: "text"))
  var system: String?

  @OptionGroup var edits: EditOptions
  @OptionGroup var precision: PrecisionOption
  @OptionGroup var threading: ThreadOption
  @OptionGroup var printing: FormatOption<TextFormat>
  @OptionGroup var messages: QuietOption

  @Argument(help: "Text to continue; - reads standard input.")
  var prompt: String

  func validate() throws {
    try checkCounts(["--max-new-tokens": (maxNewTokens, 1...Int.max)])
    if stop.contains("") { throw ValidationError("--stop: expected a text, found an empty one") }
    if system != nil, !chat { throw ValidationError("--system goes with --chat") }
  }

  func run() throws {
    let options = RunOptions(precision: precision.precision, threads: threading.count)
    var generator = try TextGenerator(directory: model.url, options: options)
    generator.model = try generator.model.edited(by: edits.edits)
    let tokens = try tokens(for: &generator)
    let sampling = sampling.drawn()
    let isText = printing.format == .text
    let results = try generator.generate(
      prompts: [tokens], sampling: sampling, maxNewTokens: maxNewTokens, stop: stop
    ) { _, piece in
      if isText { try StandardOutput.write(piece) }
    }
    guard let result = results.first else { return }
    if !isText {
      try StandardOutput.write(result.json(sampling))
    } else if !result.text.hasSuffix("\n") {
      try StandardOutput.write("\n")
    }
    messages.progress.note(result.statistics(sampling))
  }

  /// Returns the ids of the prompt, and prepares the generator for its format.
  private func tokens(for generator: inout TextGenerator) throws -> [TokenID] {
    let text = prompt == "-" ? try StandardInput.text() : prompt
    guard chat else { return generator.tokenizer.encode(text) }
    let format = try ChatFormat(directory: model.url)
    if let end = generator.tokenizer.id(for: format.endToken) { generator.endTokens.insert(end) }
    return generator.tokenizer.encode(format.prompt(user: text, system: system), addingSpecialTokens: false)
  }
}

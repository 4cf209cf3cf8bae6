import ArgumentParser
import Foundation
import Foundations
import LlamaCore
import ProfileReport

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
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("Most tokens to generate.", valueName: "n"))
  var maxNewTokens = 256

  @Option(help: ArgumentHelp("Divisor of the logits; 0 takes the likeliest token.", valueName: "t"))
  var temperature: Double?

  @Option(help: ArgumentHelp("Draws from the K likeliest tokens only.", valueName: "k"))
  var topK: Int?

  @Option(help: ArgumentHelp("Draws from the fewest tokens that have probability P together.", valueName: "p"))
  var topP: Double?

  @Option(help: ArgumentHelp("Draws from tokens at least P times as likely as the likeliest one.", valueName: "p"))
  var minP: Double?

  @Option(help: ArgumentHelp("Penalty (above 1) for tokens that are already in the context.", valueName: "r"))
  var repetitionPenalty: Double?

  @Option(help: ArgumentHelp("Seed of the random draws; by default another one each time.", valueName: "s"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Ends before this text; may be given again.", valueName: "text"))
  var stop: [String] = []

  @Flag(help: "Puts the prompt as a question in the model's chat format: Llama 2, Llama 3 or ChatML.")
  var chat = false

  @Option(help: ArgumentHelp("Instruction that stands before the question; goes with --chat.", valueName: "text"))
  var system: String?

  @OptionGroup var precision: PrecisionOption

  @OptionGroup var threading: ThreadOption

  @Option(
    help: ArgumentHelp("text as it comes, or json with the tokens and times at the end.", valueName: "format"))
  var format = Format.text

  @Flag(help: "No statistics, no messages.")
  var quiet = false

  @Argument(help: "The text to continue; - reads standard input.")
  var prompt: String

  func validate() throws {
    try checkCounts(["--max-new-tokens": (maxNewTokens, 1...Int.max)])
    do throws(SamplingError) {
      try sampling.check()
    } catch {
      throw ValidationError("--\(error)")
    }
    if stop.contains("") { throw ValidationError("--stop: expected a text, found an empty one") }
    if system != nil, !chat { throw ValidationError("--system goes with --chat") }
  }

  /// Sampling settings, except for a seed that is not given.
  private var sampling: Sampling {
    let isFiltered = topK != nil || topP != nil || minP != nil
    return Sampling(
      temperature: temperature ?? (isFiltered ? 1 : 0), topK: topK, topP: topP, minP: minP,
      repetitionPenalty: repetitionPenalty, seed: seed ?? 0)
  }

  func run() throws {
    let options = RunOptions(precision: precision.precision, threads: threading.count)
    var generator = try TextGenerator(directory: model.url, options: options)
    let text = prompt == "-" ? try StandardInput.text() : prompt
    let tokens: [TokenID]
    if chat {
      let format = try ChatFormat(directory: model.url)
      if let end = generator.tokenizer.id(for: format.endToken) { generator.endTokens.insert(end) }
      tokens = generator.tokenizer.encode(format.prompt(user: text, system: system), addingSpecialTokens: false)
    } else {
      tokens = generator.tokenizer.encode(text)
    }
    var sampling = sampling
    // Short enough to be typed again.
    if seed == nil { sampling.seed = UInt64(UInt32.random(in: .min ... .max)) }
    let results = try generator.generate(
      prompts: [tokens], sampling: sampling, maxNewTokens: maxNewTokens, stop: stop
    ) { _, piece in
      if format == .text { try StandardOutput.write(piece) }
    }
    guard let result = results.first else { return }
    switch format {
    case .text: if !result.text.hasSuffix("\n") { try StandardOutput.write("\n") }
    case .json: try StandardOutput.write(json(result, sampling))
    }
    ProgressLine(quiet: quiet).note(statistics(result, sampling))
  }

  private func statistics(_ result: Generation, _ sampling: Sampling) -> String {
    let timing = result.timing
    let prefill = "prefill \(TextTable.count(timing.prefillTokens, "token"))"
    var parts = ["\(prefill), \(speed(Double(timing.prefillTokens), timing.prefillSeconds))"]
    if timing.decodeTokens > 0 {
      let decode = "decode \(TextTable.count(timing.decodeTokens, "token"))"
      parts.append("\(decode), \(speed(Double(timing.decodeTokens), timing.decodeSeconds))")
    }
    parts.append("ended by \(result.reason.rawValue)")
    if sampling.temperature > 0 { parts.append("seed \(sampling.seed)") }
    return parts.joined(separator: "; ")
  }

  private func json(_ result: Generation, _ sampling: Sampling) -> String {
    let timing = result.timing
    var members: JSONObject = [
      "text": .string(result.text), "tokens": .array(result.tokens.map { .integer(Int($0)) }),
      "stop_reason": .string(result.reason.rawValue), "prompt_tokens": .integer(result.promptTokens),
      "prefill_seconds": .number(timing.prefillSeconds), "decode_tokens": .integer(timing.decodeTokens),
      "decode_seconds": .number(timing.decodeSeconds), "temperature": .number(sampling.temperature),
    ]
    // A string, since most readers treat JSON numbers as doubles.
    if sampling.temperature > 0 { members["seed"] = .string("\(sampling.seed)") }
    return JSONValue.object(members).text() + "\n"
  }
}

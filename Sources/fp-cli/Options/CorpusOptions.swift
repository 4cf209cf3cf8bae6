import ArgumentParser
import LlamaCore

/// Texts of a corpus that a command runs.
struct CorpusOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The corpus file.", valueName: "file"), completion: .file(extensions: ["json"]))
  var corpus: String

  @OptionGroup var domains: DomainOptions

  @Option(help: ArgumentHelp("Takes the first N texts of each domain only.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Cuts texts to N tokens; by default to the model's positions.", valueName: "n"))
  var maxTokens: Int?

  func validate() throws {
    try checkPaths(["--corpus": corpus])
    try checkCounts(["--limit": (limit, 1...Int.max), "--max-tokens": (maxTokens, 1...Int.max)])
  }

  /// Reads, selects and tokenizes the texts.
  ///
  /// - Parameter isStrict: a text that cannot be tokenized is an error.
  func read(for model: LlamaModel, _ option: ModelOption, isStrict: Bool) throws -> ProfileInput {
    try ProfileInput(
      corpus: corpus, model: option.model, spec: model.spec, domains: domains.choice, limit: limit,
      maxTokens: maxTokens, isStrict: isStrict)
  }
}

import ArgumentParser
import Foundation
import LlamaCore
import Profiler

/// Texts of a corpus that a command runs.
struct CorpusOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Corpus file.", valueName: "file"), completion: .file(extensions: ["json"]))
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
  /// - Parameter isStrict: true if a text that cannot be tokenized is an error.
  func read(for model: LlamaModel, isStrict: Bool) throws -> SelectedCorpus {
    let selection = CorpusSelection(
      domains: domains.choice, limit: limit, maximumTokens: maxTokens, isStrict: isStrict)
    return try selection.read(URL(filePath: corpus), for: model)
  }
}

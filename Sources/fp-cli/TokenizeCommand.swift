import ArgumentParser
import Foundation
import Foundations
import LlamaCore
import ProfileReport
import Profiler

struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Converts a corpus to token ids, or prints those of a text.",
    discussion: """
      The ids are those of Hugging Face tokenizers, special tokens included as the tokenizer's template says.

      EXAMPLES
        fp-cli tokenize --tokenizer Llama-3.2-1B "Hello, world"
        fp-cli tokenize --tokenizer Llama-3.2-1B - < notes.txt
        fp-cli tokenize --tokenizer tokenizer.json --corpus c.json --output ids.json
      """)

  @Option(
    help: ArgumentHelp("tokenizer.json, or the model directory that holds one.", valueName: "path"),
    completion: .file())
  var tokenizer: String

  @Option(
    help: ArgumentHelp("Corpus file to tokenize; goes with --output.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var corpus: String?

  @Option(
    help: ArgumentHelp("File to write the ids to, in the shape of the corpus file.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var output: String?

  @Flag(help: "Leaves out the special tokens that the template adds.")
  var noSpecialTokens = false

  @OptionGroup var printing: FormatOption<TextFormat>
  @OptionGroup var messages: QuietOption

  @Argument(help: "Text to look at; - reads standard input.")
  var text: String?

  func validate() throws {
    try checkPaths(["--tokenizer": tokenizer, "--corpus": corpus, "--output": output])
    if (corpus == nil) != (output == nil) { throw ValidationError("--corpus and --output go together") }
    if (text == nil) == (corpus == nil) {
      throw ValidationError("expected either a text, or --corpus and --output")
    }
  }

  func run() throws {
    let tokenizer = try Tokenizer(contentsOf: URL(filePath: tokenizer))
    if let text { return try show(text, tokenizer) }
    guard let corpus, let output else { return }
    var tokens = 0
    let ids = try Corpus(tokenizing: URL(filePath: corpus)) { text in
      let ids = try encode(text, tokenizer)
      tokens += ids.count
      return ids
    }
    try ids.write(to: URL(filePath: output))
    messages.progress.note(
      "\(TextTable.count(ids.textCount, "text")), \(TextTable.count(tokens, "token")) from strings; ids in \(output)")
  }

  /// Returns all ids of a text, provided that it can be merged in bounded memory.
  private func encode(_ text: String, _ tokenizer: Tokenizer) throws(TokenizerError) -> [TokenID] {
    try tokenizer.encode(text, maximumTokens: .max, addingSpecialTokens: !noSpecialTokens).tokens
  }

  private func show(_ text: String, _ tokenizer: Tokenizer) throws {
    let isStream = text == "-"
    let text = isStream ? try StandardInput.text() : text
    let ids: [TokenID]
    do {
      ids = try encode(text, tokenizer)
    } catch {
      throw FileError(path: isStream ? "standard input" : "the text", reason: .malformed("\(error)"))
    }
    try StandardOutput.write(TokenList(ids, tokenizer).text(printing.format))
  }
}

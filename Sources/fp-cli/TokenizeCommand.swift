import ArgumentParser
import Foundation
import Foundations
import LlamaCore
import ProfileReport
import Profiler

struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turns a corpus, or a text for a look, into token ids.",
    discussion: """
      The ids are those of Hugging Face tokenizers, special tokens included as the tokenizer's template says.

      EXAMPLES
        fp-cli tokenize --tokenizer Llama-3.2-1B "Hello, world"
        fp-cli tokenize --tokenizer Llama-3.2-1B - < notes.txt
        fp-cli tokenize --tokenizer tokenizer.json --corpus c.json --output ids.json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(
    help: ArgumentHelp("A tokenizer.json, or the model directory that holds one.", valueName: "path"),
    completion: .file())
  var tokenizer: String

  @Option(
    help: ArgumentHelp("A corpus file to tokenize; goes with --output.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var corpus: String?

  @Option(
    help: ArgumentHelp("Where to write the ids, in the shape of the corpus file.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var output: String?

  @Flag(help: "Leaves out the special tokens that the template adds.")
  var noSpecialTokens = false

  @Option(help: ArgumentHelp("How to print a text's tokens: text or json.", valueName: "format"))
  var format = Format.text

  @Flag(help: "No messages.")
  var quiet = false

  @Argument(help: "A text to look at; - reads standard input.")
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
    if let text { return try show(text == "-" ? try StandardInput.text() : text, tokenizer) }
    guard let corpus, let output else { return }
    let texts = try Corpus(contentsOf: URL(filePath: corpus))
    var tokens = 0
    let ids: Corpus
    do throws(CorpusError) {
      ids = try texts.tokenized { text in
        let ids = try encode(text, tokenizer)
        tokens += ids.count
        return ids
      }
    } catch {
      // The corpus no longer knows its file.
      guard case .cannotTokenize(let domain, let index, let reason) = error else { throw error }
      let text = TextIdentity(domain: domain, index: index)
      throw FileError(path: corpus, reason: .malformed("\(text), \(reason)"))
    }
    try ids.write(to: URL(filePath: output))
    ProgressLine(quiet: quiet).note(
      "\(TextTable.count(ids.textCount, "text")), \(TextTable.count(tokens, "token")) from strings; ids in \(output)")
  }

  /// Returns all ids of a text, provided that it can be merged in bounded memory.
  private func encode(_ text: String, _ tokenizer: Tokenizer) throws(TokenizerError) -> [TokenID] {
    try tokenizer.encode(text, maximumTokens: .max, addingSpecialTokens: !noSpecialTokens).tokens
  }

  private func show(_ text: String, _ tokenizer: Tokenizer) throws {
    let ids: [TokenID]
    do {
      ids = try encode(text, tokenizer)
    } catch {
      throw FileError(path: self.text == "-" ? "standard input" : "the text", reason: .malformed("\(error)"))
    }
    let tokens = ids.map { tokenizer.token(for: $0) ?? "" }
    switch format {
    case .json:
      let document = JSONValue.object([
        "ids": .array(ids.map { .integer(Int($0)) }), "tokens": .array(tokens.map(JSONValue.string)),
      ])
      try StandardOutput.write(document.text() + "\n")
    case .text:
      let width = ids.map { "\($0)".count }.max() ?? 0
      let lines = zip(ids, tokens).map { id, token in
        String(repeating: " ", count: width - "\(id)".count) + "\(id) \(JSONValue.string(token).text())\n"
      }
      try StandardOutput.write(lines.joined())
    }
  }
}

import Foundation
import TestSupport
import Testing

@Suite struct TokenizeCommandTests {
  private let tiny = Tool.tinyModel.path

  private func ids(_ text: String, _ more: String..., input: String? = nil) throws -> [Int] {
    let result = try Tool.run(
      ["tokenize", "--tokenizer", tiny, "--format", "json"] + more + ["--", text], input: input)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.isEmpty, "\(result.messages)")
    return try #require(try object(result.output)["ids"] as? [Int])
  }

  @Test(arguments: Tool.vocabularies)
  func `a corpus becomes the ids of Hugging Face tokenizers`(vocabulary: Tool.Vocabulary) throws {
    let folder = try TemporaryFolder()
    let place = vocabulary.folder
    let result = try Tool.run(
      "tokenize", "--tokenizer", place.path, "--corpus", vocabulary.corpus.corpus.path,
      "--output", folder.path("ids.json"))
    #expect(result.status == 0)
    #expect(result.output.isEmpty)
    #expect(result.lines.count == 1, "\(result.messages)")
    #expect(result.messages.hasPrefix("\(vocabulary.corpus.texts) texts, "), "\(result.messages)")
    let found = try JSONDecoder().decode([String: [[Int]]].self, from: Data(folder.text("ids.json").utf8))
    let golden = try Data(contentsOf: place.appending(path: "domains.ids.json"))
    #expect(try found == JSONDecoder().decode([String: [[Int]]].self, from: golden))
  }

  @Test func `the fixture's corpus becomes the ids Hugging Face profiled, and profiles to the same numbers`() throws {
    let folder = try TemporaryFolder()
    let corpus = tiny + "/corpus.json"
    let result = try Tool.run(
      "tokenize", "--tokenizer", tiny + "/tokenizer.json", "--corpus", corpus, "--output", folder.path("ids.json"),
      "--quiet")
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.isEmpty, "\(result.messages)")
    #expect(result.messages.isEmpty, "\(result.messages)")
    let found = try #require(folder.json("ids.json") as? [String: [[Int]]])
    let golden = try object(String(contentsOf: Tool.tinyModel.appending(path: "golden.json"), encoding: .utf8))
    #expect(try found == #require(golden as? [String: [[String: Any]]]).mapValues { $0.map { $0["ids"] as? [Int] } })
    for (name, corpus) in [("strings", corpus), ("ids", folder.path("ids.json"))] {
      let run = try Tool.run(
        "profile", "--model", tiny, "--corpus", corpus, "--output", folder.path(name), "--quiet", "--no-report")
      #expect(run.status == 0, "\(run.messages)")
    }
    #expect(try folder.text("strings/texts.csv") == folder.text("ids/texts.csv"))
  }

  @Test func `a text's tokens are shown one by one`() throws {
    let text = try Tool.run("tokenize", "--tokenizer", tiny, "ab\n")
    let ids = try ids("ab\n")
    #expect(text.status == 0)
    #expect(text.messages.isEmpty)
    let lines = text.output.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
    #expect(lines.count == ids.count)
    for (line, id) in zip(lines, ids) { #expect(line.hasPrefix("\(id) \"")) }
    #expect(lines[0].hasSuffix("\"<|begin_of_text|>\""))
    #expect(try self.ids("ab\n", "--no-special-tokens") == Array(ids.dropFirst()))
  }

  @Test func `a text is read from standard input, and may be empty or begin with a dash`() throws {
    #expect(try ids("-", input: "ab\n") == ids("ab\n"))
    #expect(try ids("-", input: "") == ids(""))
    #expect(try ids("").count == 1)
    #expect(try ids("--quiet").count > 1)
    let bytes = try Tool.run(
      ["tokenize", "--tokenizer", tiny, "-"], shell: #"printf '\377' | "$@""#)
    #expect(bytes.status == 1)
    #expect(bytes.messages == "Error: standard input: expected UTF-8, found other bytes\n")
  }

  @Test(arguments: [
    ("missing", "{}", "ids.json", "missing: no such file"),
    ("broken.json", "{}", "ids.json", "broken.json: line 1, column 2: expected a key"),
    (
      "", "[1]", "ids.json",
      #"corpus.json: domain "corpus", text 0: expected a string, a list of token ids or an object"#
    ),
    ("", "[\"a\"]", "no/ids.json", "no/ids.json: cannot write: No such file or directory"),
    ("", "[\"a\"]", "folder", "folder: cannot write: expected a regular file, found a folder or device"),
  ])
  func `an error is one line and leaves nothing behind`(
    tokenizer: String, corpus: String, output: String, message: String
  ) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(at: folder.url.appending(path: "folder"), withIntermediateDirectories: true)
    try folder.write("{,", to: "broken.json")
    let corpus = try folder.write(corpus, to: "corpus.json")
    let result = try Tool.run(
      "tokenize", "--tokenizer", tokenizer.isEmpty ? tiny : folder.path(tokenizer), "--corpus", corpus, "--output",
      folder.path(output))
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.lines.count == 1)
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(try folder.names == ["broken.json", "corpus.json", "folder"])
  }

  @Test(arguments: [
    ["text", "--corpus", "c.json", "--output", "o.json"], ["--corpus", "c.json"], ["--output", "o.json", "text"], [],
  ])
  func `a text and a corpus exclude each other`(arguments: [String]) throws {
    #expect(try Tool.run(["tokenize", "--tokenizer", tiny] + arguments).status == 64)
  }
}

import Foundation
import TestSupport
import Testing

/// What goes wrong with `profile` is told in one line, before anything is written.
@Suite struct ProfileErrorTests {
  /// Places the arguments of a run that cannot work.
  struct Situation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What the one line must say.
    let message: String
    let prepare: @Sendable (TemporaryFolder, inout Arguments) throws -> Void
  }

  struct Arguments {
    var model = Tool.tinyModel.path
    var corpus = Tool.tinyModel.appending(path: "corpus.json").path
    var output: String
    var more: [String] = []
  }

  /// A copy of the tiny model without a file.
  private static func copy(_ folder: TemporaryFolder, without file: String? = nil) throws -> String {
    try FileManager.default.copyItem(at: Tool.tinyModel, to: folder.url.appending(path: "model"))
    if let file { try FileManager.default.removeItem(at: folder.url.appending(path: "model/\(file)")) }
    return folder.path("model")
  }

  private static func corpus(_ name: String, _ message: String, _ text: String) -> Situation {
    Situation(testDescription: name, message: message) { $1.corpus = try $0.write(text, to: "texts.json") }
  }

  private static let models: [Situation] = [
    Situation(testDescription: "no model", message: "missing: No such file or directory") {
      $1.model = $0.path("missing")
    },
    Situation(testDescription: "an empty model directory", message: "config.json: No such file or directory") {
      $1.model = $0.path
    },
    Situation(testDescription: "no tokenizer", message: "/tokenizer.json: no such file") {
      $1.model = try copy($0, without: "tokenizer.json")
    },
    Situation(testDescription: "no weights", message: "expected model.safetensors or model.safetensors.index.json") {
      $1.model = try copy($0)
      for file in try $0.names(in: "model") where file.hasPrefix("model") {
        try FileManager.default.removeItem(at: $0.url.appending(path: "model/\(file)"))
      }
    },
    Situation(
      testDescription: "a missing shard", message: "1 of 2 shards are missing: model-00002-of-00002.safetensors"
    ) { $1.model = try copy($0, without: "model-00002-of-00002.safetensors") },
    Situation(testDescription: "another architecture", message: #"model_type: "gpt\nx" is not supported"#) {
      $1.model = try copy($0)
      var text = try $0.text("model/config.json")
      text.replace(#""model_type": "llama""#, with: #""model_type": "gpt\nx""#)
      _ = try $0.write(text, to: "model/config.json")
    },
    Situation(testDescription: "a key that stands twice", message: #"duplicate key "a\nb""#) {
      $1.model = try copy($0)
      _ = try $0.write(#"{"a\nb": 1, "a\nb": 2}"#, to: "model/config.json")
    },
    Situation(testDescription: "weights of another shape", message: "tensors do not fit config.json") {
      $1.model = try copy($0)
      var text = try $0.text("model/config.json")
      text.replace(#""intermediate_size": 80"#, with: #""intermediate_size": 81"#)
      _ = try $0.write(text, to: "model/config.json")
    },
    Situation(testDescription: "a tokenizer of another model", message: "tokenizer.json has 513 ids") {
      $1.model = try copy($0)
      let tokenizer = try $0.json("model/tokenizer.json")
      var added = try #require(tokenizer["added_tokens"] as? [[String: Any]])
      var token = try #require(added.first)
      token.merge(["id": 512, "content": "<new>"]) { $1 }
      added.append(token)
      let data = try JSONSerialization.data(withJSONObject: tokenizer.merging(["added_tokens": added]) { $1 })
      try data.write(to: $0.url.appending(path: "model/tokenizer.json"))
      $1.corpus = try $0.write(#"{"a": ["x", "y <new>"]}"#, to: "texts.json")
      $1.more = ["--strict"]
    },
  ]

  private static let corpora: [Situation] = [
    Situation(testDescription: "no corpus", message: "missing.json: cannot read: no such file") {
      $1.corpus = $0.path("missing.json")
    },
    corpus("broken JSON", "texts.json, line 2, column 3: expected a value, found '}'", "{\"a\":\n  }"),
    corpus("a number", "texts.json: expected an object of lists of texts, or a list of texts, found a number", "1"),
    corpus(
      "a text that is none", #"domain "a\nb", text 1: expected a string, a list of token ids or an object"#,
      #"{"a\nb": ["", 5]}"#),
    corpus(
      "an id that is none", #"domain "a", text 0, position 1: expected a token id from 0 to 2147483647, found"#,
      #"{"a": [[1, -1]]}"#),
    corpus(
      "an id out of range", #"texts.json: text 0 of "a", position 1: expected a token id from 0 to 511, found 512"#,
      #"{"a": [[1, 512]]}"#),
    corpus("only empty texts", "texts.json: expected at least one text with a token, found none", #"{"a": ["", []]}"#),
    corpus(
      "a NUL in a domain's name", #"texts.json: domain "a\u{0}b": expected a name without a NUL"#,
      #"{"a\u0000b": ["x"]}"#),
    corpus("no domain", "texts.json: expected at least one domain, found none", "{}"),
    Situation(testDescription: "an unknown domain", message: #"corpus.json: no domain "law", its domains are "cpp""#) {
      $1.more = ["--domain", "cpp", "--domain", "law"]
    },
  ]

  private static let outputs: [Situation] = [
    Situation(testDescription: "a file", message: "run: cannot write: expected a folder, found a file") {
      $1.output = try $0.write("", to: "run")
    },
    Situation(testDescription: "below a file", message: "file/run: cannot write: Not a directory") {
      $1.output = try $0.write("", to: "file") + "/run"
    },
    // A read-only folder does not stop root, under whom containers test.
    Situation(testDescription: "where nobody may write", message: "/proc/fp-cli-run: cannot write: No such file") {
      $1.output = "/proc/fp-cli-run"
    },
    Situation(
      testDescription: "a folder in a result's place",
      message: "run/profile.sqlite: expected the database of a run, found a folder"
    ) { _, arguments in
      let folder = URL(filePath: arguments.output).appending(path: "profile.sqlite")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    },
    Situation(
      testDescription: "a stranger's file in a result's place",
      message: #"run/texts.csv: is not a file of a run and is not replaced: expected it to begin with "domain,text,"#
    ) { folder, arguments in
      try FileManager.default.createDirectory(at: URL(filePath: arguments.output), withIntermediateDirectories: true)
      try folder.write("text,label\nx,1\n", to: "run/texts.csv")
    },
  ].filter { $0.testDescription != "where nobody may write" || FileManager.default.fileExists(atPath: "/proc/self") }

  @Test(arguments: models + corpora + outputs)
  func `an error is one line and leaves nothing behind`(situation: Situation) throws {
    let folder = try TemporaryFolder()
    var arguments = Arguments(output: folder.path("run"))
    try situation.prepare(folder, &arguments)
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    let result = try Tool.run(
      ["profile", "--model", arguments.model, "--corpus", arguments.corpus, "--output", arguments.output]
        + arguments.more)
    #expect(result.status == 1)
    #expect(!result.wasSignaled)
    #expect(result.output.isEmpty)
    #expect(result.lines.count == 1)
    #expect(result.messages.hasPrefix("Error: "))
    #expect(result.messages.hasSuffix("\n"))
    #expect(result.messages.contains(situation.message), "\(result.messages)")
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
  }

  @Test func `a path is named as it was given`() throws {
    let result = try Tool.run("profile", "--model", "no-model", "--corpus", "no-corpus", "--output", "no-run")
    #expect(result.messages == "Error: no-model: No such file or directory\n")
  }

  @Test(arguments: [
    ("--limit", "0", "at least 1"), ("--max-tokens", "-3", "at least 1"), ("--threads", "0", "at least 1"),
    ("--threads", "100000", "at most 1024"), ("--output", "", "a path"),
  ])
  func `a value that makes no sense is refused with the usage`(option: String, value: String, expected: String) throws {
    let result = try Tool.run(
      ["profile", "--model", "m", "--corpus", "c", "--output", "o"]
        + (value.hasPrefix("-") ? ["\(option)=\(value)"] : [option, value]))
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.messages.contains("\(option): expected \(expected), found "), "\(result.messages)")
    #expect(result.messages.contains("Usage: fp-cli profile"))
  }
}

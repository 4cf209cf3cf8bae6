import Foundation
import TestSupport
import Testing

/// A `config.json` that is broken, absurd, or of another model than the weights.
@Suite struct HostileConfigTests {
  /// Numbers of `config.json`, what is told to have been expected, and those of the values below that are right.
  private static let numbers: [(path: String, expected: String, fine: Set<String>)] = [
    ("hidden_size", "an integer from 1 to 1048576", []),
    ("intermediate_size", "an integer from 1 to 4194304", []),
    ("num_hidden_layers", "an integer from 1 to 10000", []),
    ("num_attention_heads", "an integer from 1 to 65536", []),
    ("vocab_size", "an integer from 1 to 67108864", []),
    ("num_key_value_heads", "an integer from 1 to 65536", []),
    ("head_dim", "an integer from 1 to 65536", []),
    ("max_position_embeddings", "an integer from 1 to 1073741824", ["null"]),
    ("rms_norm_eps", "a number from 0.0 to 1.0", ["null", "0"]),
    ("rope_parameters.rope_theta", "a number from 1.0 to 1000000000000000.0", ["null", "1.5"]),
    ("rope_parameters.factor", "a number from 1e-06 to 1000000.0", ["1.5"]),
    ("rope_parameters.low_freq_factor", "a number from 1e-06 to 1000000.0", ["1.5"]),
    ("rope_parameters.high_freq_factor", "a number from 1e-06 to 1000000.0", ["1.5"]),
    ("rope_parameters.original_max_position_embeddings", "an integer from 1 to 1073741824", ["null"]),
  ]

  /// Where an absent number has a default that is not right for these weights: the outputs of a key projection by it.
  private static let defaults = ["num_key_value_heads": 64, "head_dim": 24]

  private static let values = [
    "null", "\"8\"", "[8]", "{\"a\":8}", "true", "1.5", "-1", "0", "1e400", "99999999999999999999",
  ]

  /// `config.json` of the tiny model with another text for a value.
  private static func replace(_ path: String, _ value: String, in folder: TemporaryFolder) throws {
    let key = path.split(separator: ".").last.map(String.init) ?? path
    let text = try folder.text("model/config.json")
    let pattern = try Regex("\"\(key)\": [^,\n]+")
    #expect(text.firstMatch(of: pattern) != nil)
    try folder.write(text.replacing(pattern, with: "\"\(key)\": \(value)"), to: "model/config.json")
  }

  @Test(arguments: numbers.indices, values)
  func `a number that is none is refused by its key`(number: Int, value: String) throws {
    let (path, expected, fine) = Self.numbers[number]
    let folder = try TemporaryFolder()
    let model = try folder.model()
    try Self.replace(path, value, in: folder)
    if fine.contains(value) {
      #expect(try Tool.run("inspect", model).status == 0)
    } else if value == "1e400" {
      try Tool.expectRefusal(["inspect", model], "model/config.json: line ", ": number out of range: 1e400")
    } else if value == "null", let other = Self.defaults[path] {
      try Tool.expectRefusal(["inspect", model], "k_proj.weight: expected [\(other), 48], found [32, 48]")
    } else {
      try Tool.expectRefusal(["inspect", model], "model/config.json: \(path): expected \(expected), found ")
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let message: String
    let change: @Sendable (TemporaryFolder) throws -> Void

    init(_ name: String, _ message: String, _ change: @escaping @Sendable (TemporaryFolder) throws -> Void) {
      testDescription = name
      self.message = message
      self.change = change
    }

    /// Values of keys.
    init(_ name: String, _ message: String, _ values: [String: String]) {
      self.init(name, message) { for (key, value) in values { try replace(key, value, in: $0) } }
    }

    /// The whole file.
    init(_ name: String, _ message: String, text: @autoclosure @escaping @Sendable () -> String) {
      self.init(name, message) { _ = try $0.write(text(), to: "model/config.json") }
    }
  }

  static let shapes = [
    Case(
      "heads that key/value heads do not divide",
      "num_attention_heads: expected a multiple of num_key_value_heads 3, found 4", ["num_key_value_heads": "3"]),
    Case(
      "more key/value heads than heads", "num_attention_heads: expected a multiple of num_key_value_heads 8, found 4",
      ["num_key_value_heads": "8"]),
    Case("an odd head", "head_dim: expected an even number, found 15", ["head_dim": "15"]),
    Case(
      "heads that do not divide the width", "hidden_size: expected a multiple of num_attention_heads 5, found 48",
      ["head_dim": "null", "num_attention_heads": "5", "num_key_value_heads": "1"]),
    Case(
      "the most heads", "num_attention_heads × head_dim: expected at most 4194304, found 4294967296",
      ["num_attention_heads": "65536", "head_dim": "65536"]),
    Case(
      "the largest model", "embed_tokens.weight: expected [67108864, 1048576], found [512, 48]",
      [
        "hidden_size": "1048576", "intermediate_size": "4194304", "num_hidden_layers": "10000",
        "num_attention_heads": "65536", "num_key_value_heads": "65536", "head_dim": "64", "vocab_size": "67108864",
      ]),
    Case(
      "ten thousand blocks", "model.layers.4.input_layernorm.weight is missing, expected [48]; ",
      ["num_hidden_layers": "10000"]),
    Case(
      "a block too few", "model.layers.3.input_layernorm.weight: num_hidden_layers is 3", ["num_hidden_layers": "3"]),
    Case(
      "a vocabulary too large", "model.embed_tokens.weight: expected [513, 48], found [512, 48]", ["vocab_size": "513"]),
    Case(
      "a vocabulary too small", "model.embed_tokens.weight: expected [511, 48], found [512, 48]", ["vocab_size": "511"]),
    Case("an epsilon that is no number", "expected a value, found 'N'", ["rms_norm_eps": "NaN"]),
    Case("an infinite epsilon", "expected a value, found 'I'", ["rms_norm_eps": "Infinity"]),
    Case("an epsilon beyond Double", "number out of range: 1e999", ["rms_norm_eps": "1e999"]),
    Case(
      "a negative epsilon", "rms_norm_eps: expected a number from 0.0 to 1.0, found the number -1e-05",
      ["rms_norm_eps": "-1e-5"]),
    Case(
      "frequencies upside down", "high_freq_factor: expected more than low_freq_factor 4.0, found 4.0",
      ["low_freq_factor": "4.0"]),
    Case(
      "an untied vocabulary without weights", "lm_head.weight is missing, expected [512, 48]",
      ["tie_word_embeddings": "false"]),
    Case(
      "a truth value that is a string", "tie_word_embeddings: expected true or false, found the string \"false\"",
      ["tie_word_embeddings": "\"false\""]),
    Case("a type that is a number", "model_type: expected a string, found the integer 1", ["model_type": "1"]),
    Case(
      "an activation of a megabyte", "hidden_act: \"xxxx",
      ["hidden_act": "\"\(String(repeating: "x", count: 1_000_000))\""]),
    Case(
      "rope parameters that are a list", "rope_parameters: expected an object, found an array",
      ["rope_parameters": "[], \"x\": {"]),
  ]

  static let files = [
    Case("nothing", "line 1, column 1: expected a value, found the end of the text", text: ""),
    Case("a list", "expected an object, found an array", text: "[]"),
    Case("an empty object", "model_type: expected a string, found nothing", text: "{}"),
    Case(
      "nested a hundred thousand deep", "line 1, column 641: nested deeper than 128 levels",
      text: String(repeating: #"{"a":"#, count: 100_000)),
    Case("a key twice", #"duplicate key "hidden_size""#, text: #"{"hidden_size":1,"hidden_size":2}"#),
    Case(
      "two million numbers", "expected an object, found an array",
      text: "[\(String(repeating: "0,", count: 2_000_000))0]"),
    Case(
      "half a million objects", "expected an object, found an array",
      text: "[\(String(repeating: #"{"":0},"#, count: 500_000))0]"),
    Case("bytes of UTF-16", "line 1, column 1: expected a value, found byte 0xFF") {
      try Data([0xFF, 0xFE, 0x7B, 0]).write(to: $0.url.appending(path: "model/config.json"))
    },
    Case("4 MiB and a byte", "model/config.json: expected at most 4194304 bytes, found 4194305") {
      try #require(truncate($0.path("model/config.json"), 4_194_305) == 0)
    },
    Case("a FIFO", "model/config.json: expected a regular file") { folder in
      try Self.replace(folder) { try folder.fifo($0) }
    },
    Case("a folder", "model/config.json: expected a regular file") { folder in
      try Self.replace(folder) {
        try FileManager.default.createDirectory(atPath: folder.path($0), withIntermediateDirectories: false)
      }
    },
    Case("a device", "model/config.json: expected a regular file") { folder in
      try Self.replace(folder) { try folder.link($0, to: "/dev/zero") }
    },
    Case("a link to itself", "model/config.json: Too many levels of symbolic links") { folder in
      try Self.replace(folder) { try folder.link($0, to: "config.json") }
    },
  ]

  private static func replace(_ folder: TemporaryFolder, _ make: (String) throws -> Void) throws {
    try FileManager.default.removeItem(atPath: folder.path("model/config.json"))
    try make("model/config.json")
  }

  @Test(arguments: shapes + files)
  func `a broken configuration is refused`(entry: Case) throws {
    let folder = try TemporaryFolder()
    let model = try folder.model()
    try entry.change(folder)
    try Tool.expectRefusal(["inspect", model], model, entry.message)
  }

  @Test func `a billion positions cost nothing by themselves`() throws {
    let folder = try TemporaryFolder()
    let model = try folder.model()
    try Self.replace("max_position_embeddings", "1073741824", in: folder)
    try Self.replace("original_max_position_embeddings", "1073741824", in: folder)
    let corpus = try folder.write(#"{"a": [[1, 2, 3]]}"#, to: "corpus.json")
    for more in [["--max-tokens", "9223372036854775807"], ["--dry-run"]] {
      let found = try Tool.measure(
        ["profile", "--model", model, "--corpus", corpus, "--output", folder.path("run"), "--quiet", "--no-report"]
          + more)
      #expect(found.result.status == 0, "\(found.result.messages)")
      // A dry run tries for half a second.
      #expect(found.took.takesAtMost(seconds: 3))
    }
  }

  private static let tokenizers = [
    Case("a FIFO as tokenizer", "model/tokenizer.json: not a regular file") { try $0.fifo("model/tokenizer.json") },
    Case("a folder as tokenizer", "model/tokenizer.json: not a regular file") {
      try FileManager.default.createDirectory(
        atPath: $0.path("model/tokenizer.json"), withIntermediateDirectories: false)
    },
    Case("a device as tokenizer", "model/tokenizer.json: not a regular file") {
      try $0.link("model/tokenizer.json", to: "/dev/zero")
    },
    Case("a tokenizer nested a hundred thousand deep", "nested deeper than") {
      _ = try $0.write(String(repeating: #"{"a":"#, count: 100_000), to: "model/tokenizer.json")
    },
    Case("a vocabulary nested a hundred thousand deep", "model/tokenizer.json: ") {
      _ = try $0.write(
        #"{"model":{"vocab":"# + String(repeating: #"{"a":"#, count: 100_000), to: "model/tokenizer.json")
    },
  ]

  private static let corpora = [
    Case("a FIFO as corpus", "corpus.json: cannot read: expected a file, found a FIFO that nobody writes to") {
      try $0.fifo("corpus.json")
    },
    Case("a device as corpus", "corpus.json: cannot read: expected a file, found a device") {
      try $0.link("corpus.json", to: "/dev/zero")
    },
    Case("a folder as corpus", "corpus.json: cannot read: it is a folder") {
      try FileManager.default.createDirectory(atPath: $0.path("corpus.json"), withIntermediateDirectories: false)
    },
  ]

  @Test(arguments: tokenizers + corpora)
  func `a broken tokenizer or corpus is refused`(entry: Case) throws {
    let folder = try TemporaryFolder()
    let model = try folder.model(without: ["tokenizer.json"])
    if entry.testDescription.hasSuffix("corpus") {
      try FileManager.default.copyItem(
        atPath: Tool.tinyModel.path + "/tokenizer.json", toPath: model + "/tokenizer.json")
    } else {
      try folder.write(#"{"a": ["text"]}"#, to: "corpus.json")
    }
    try entry.change(folder)
    try Tool.expectRefusal(
      ["profile", "--model", model, "--corpus", folder.path("corpus.json"), "--output", folder.path("run")],
      entry.message)
    #expect(try !folder.names.contains("run"))
  }
}

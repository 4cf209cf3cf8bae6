import Foundation
import TestSupport
import Testing

/// Hostile tokenizer files, through the commands that read one: one line, at once, in little memory.
@Suite(.serialized) struct HostileTextTokenizerTests {
  /// A file, given as texts and how often each stands in it, and what is said of it.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let parts: [(text: String, count: Int)]
    let message: String
    var testDescription: String { name }

    init(_ name: String, _ parts: [(text: String, count: Int)], _ message: String) {
      self.name = name
      self.parts = parts
      self.message = message
    }

    /// A vocabulary of `a`, `b` and `ab` with these merges, and sections before the model.
    init(_ name: String, sections: String = "", merges: [(text: String, count: Int)], _ message: String) {
      let head = #"{\#(sections)"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["#
      self.init(name, [(head, 1)] + merges + [("]}}", 1)], message)
    }
  }

  private static let million = 1_000_000

  private static let cases = [
    Case("merges of absent tokens", merges: [(#""a c""#, 1)], "model.merges[0]: expected tokens of the vocabulary"),
    Case("too many merges", merges: [(#""a b","#, 3 * million), (#""a b""#, 1)], "expected at most 2097152 merges"),
    Case("a lone surrogate", merges: [(#""a \ud800""#, 1)], "lone surrogate in a \\u escape"),
    Case(
      "an id of 2^40", [(#"{"model": {"vocab": {"a": 1099511627776}, "merges": []}}"#, 1)],
      "model.vocab: expected ids from 0 to 2097151, found 1099511627776 for \"a\""),
    Case(
      "two tokens of one id", [(#"{"model": {"vocab": {"a": 1, "b": 1}, "merges": []}}"#, 1)],
      #"model.vocab: expected one token for each id, found 1 for "a" and "b""#),
    Case(
      "one token of two ids", [(#"{"model": {"vocab": {"a": 1, "a": 2}, "merges": []}}"#, 1)],
      #"model.vocab: expected every token once, found "a" twice"#),
    Case(
      "a token of 100 MB", [(#"{"model": {"vocab": {""#, 1), ("a", 100 * million), (#"": 0}, "merges": []}}"#, 1)],
      "more than the 67108864 a tokenizer may have"),
    Case(
      "a token of 60 MB", [(#"{"model": {"vocab": {""#, 1), ("a", 60 * million), (#"": 0}, "merges": []}}"#, 1)],
      "model.vocab: expected tokens of at most 65536 bytes"),
    Case("100,000 nested lists", [("[", 100_000)], "expected an object, found '['"),
    Case("100,000 nested objects", [(#"{"a":"#, 100_000)], "nested deeper than 128 levels"),
    Case(
      "an id of 60 million digits", [(#"{"model": {"vocab": {"a": "#, 1), ("9", 60 * million)], "number out of range"),
    Case("a file that ends early", [(#"{"model": {"vocab": {"a": 0, "b"#, 1)], "string does not end"),
    Case(
      "a section of millions of lists", [(#"{"normalizer": ["#, 1), ("[0],", 5 * million), ("0]}", 1)],
      "normalizer: expected at most 8388608 bytes beside the model"),
    Case(
      "a pattern that backtracks",
      sections: """
        "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated", "invert": false}, 
        """, merges: [], #"pre_tokenizer.pattern.Regex: "(a+)+$" (no known split pattern) is not supported"#),
    Case(
      "a template of an absent token",
      sections: """
        "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}], "special_tokens": {}}, 
        """, merges: [], "post_processor.special_tokens.x: expected a value, found nothing"),
    Case(
      "a duplicate key", sections: #""version": "1.0", "version": "1.0", "#, merges: [], "duplicate key \"version\""),
  ]

  @Test(arguments: cases)
  func `a hostile file is refused in one line`(_ hostile: Case) throws {
    let model = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: Tool.tinyModel.path)
    where name.hasPrefix("model") || name == "config.json" {
      try FileManager.default.createSymbolicLink(
        at: model.url.appending(path: name), withDestinationURL: Tool.tinyModel.appending(path: name))
    }
    let file = try model.write(hostile.parts, to: "tokenizer.json")
    let corpus = try model.write(#"["abba"]"#, to: "corpus.json")
    let before = try model.names
    try MeasuredTool.run("tokenize", "--tokenizer", file, "abba").expectRefusal(hostile.message)
    try MeasuredTool.run(
      "tokenize", "--tokenizer", file, "--corpus", corpus, "--output", model.path("ids.json")
    ).expectRefusal(hostile.message)
    try MeasuredTool.run(
      "profile", "--model", model.path, "--corpus", corpus, "--output", model.path("run")
    ).expectRefusal(hostile.message)
    #expect(try model.names == before)
  }

  @Test func `a vocabulary of two million tokens is odd, and loads`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("tokenizer.json")
    var json = #"{"model": {"vocab": {"a": 0"#
    for id in 1..<2_000_000 { json += ",\"\(id)\": \(id)" }
    try Data((json + #"}, "merges": []}}"#).utf8).write(to: URL(filePath: file))
    let result = try MeasuredTool.run("tokenize", "--tokenizer", file, "a")
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output == "0 \"a\"\n", "\(result.messages)")
    #expect(result.takesAtMost(seconds: 5))
  }

  /// Merging each of them to see what it becomes would take ten seconds.
  @Test func `a thousand tokens of the longest length are odd, and load`() throws {
    let folder = try TemporaryFolder()
    var parts: [(text: String, count: Int)] = [(#"{"model": {"vocab": {"a": 0, "aa": 1"#, 1)]
    for index in 0..<1000 { parts += [(",\"", 1), ("a", 60_000 + index), ("\": \(index + 2)", 1)] }
    let file = try folder.write(parts + [(#"}, "merges": ["a a"]}}"#, 1)], to: "tokenizer.json")
    let result = try MeasuredTool.run("tokenize", "--tokenizer", file, "aaa")
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output == "1 \"aa\"\n0 \"a\"\n", "\(result.messages)")
    #expect(result.takesAtMost(seconds: 5))
  }
}

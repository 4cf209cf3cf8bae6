import Foundation
import TestSupport
import Testing

/// Hostile corpus files, through the commands that read one.
@Suite(.serialized) struct HostileTextCorpusTests {
  private static let million = 1_000_000
  private static let tiny = Tool.tinyModel.path
  private static let stretch = "text 0 of \"d\", expected a place to split every 1048576 bytes, found none after \""

  private func profile(_ corpus: String, _ folder: TemporaryFolder, input: String = "/dev/null") throws
    -> MeasuredTool.Result
  {
    try MeasuredTool.run(
      "profile", "--model", Self.tiny, "--corpus", corpus, "--output", folder.path("run"), "--quiet", "--no-report",
      "--max-tokens", "16", input: input)
  }

  private static let cases: [HostileTextTokenizerTests.Case] = [
    .init(
      "deep nesting", [("{\"d\":", 1), ("[", 100_000)], "expected a token id from 0 to 2147483647, found an array"),
    .init("a lone surrogate", [(#"{"d": ["a", "\ud800"]}"#, 1)], "line 1, column 14: lone surrogate in a \\u escape"),
    .init("a domain twice", [(#"{"d": [], "e": [], "d": []}"#, 1)], "domain \"d\" appears twice"),
    .init("an id of 2^31", [("[[0, 2147483648]]", 1)], "text 0, position 1: expected a token id from 0 to 2147483647"),
    .init("an id of 1e18", [("[[1e18]]", 1)], "position 0: expected a token id from 0 to 2147483647, found the number"),
    .init(
      "a negative id", [("[[-1]]", 1)], "position 0: expected a token id from 0 to 2147483647, found the integer -1"),
    .init("a fraction", [("[[0.5]]", 1)], "position 0: expected a token id"),
    .init("an id of 100 million digits", [("[[", 1), ("9", 100 * million), ("]]", 1)], "number out of range: 9999"),
    .init("a bad id far behind the last that is run", [("[[", 1), ("7,", million), ("-1]]", 1)], "position 1000000:"),
    .init("a text that ends early", [("{\"d\": [\"", 1), ("a", 50 * million)], "string does not end"),
    .init("an infinite list", [("[\"a\"", 1), (",\"a\"", million)], "expected ']', found the end of the text"),
    .init("100 MB of one character", [("{\"d\": [\"", 1), ("a", 100 * million), ("\"]}", 1)], stretch),
  ]

  @Test(arguments: cases)
  func `a hostile corpus is refused in one line`(_ hostile: HostileTextTokenizerTests.Case) throws {
    let folder = try TemporaryFolder()
    let corpus = try folder.write(hostile.parts, to: "corpus.json")
    try profile(corpus, folder).expectRefusal(hostile.message)
    try MeasuredTool.run(
      "tokenize", "--tokenizer", Self.tiny, "--corpus", corpus, "--output", folder.path("ids.json")
    ).expectRefusal(hostile.message)
    #expect(try folder.names == ["corpus.json"])
  }

  @Test(arguments: Tool.vocabularies)
  func `100 MB of one character are refused by whole vocabularies, too`(vocabulary: Tool.Vocabulary) throws {
    let folder = try TemporaryFolder()
    let text = try folder.write([("a", 100 * Self.million)], to: "a.txt")
    try MeasuredTool.run("tokenize", "--tokenizer", vocabulary.folder.path, "-", input: text)
      .expectRefusal("standard input: expected a place to split every 1048576 bytes, found none after \"")
  }

  @Test func `bytes that are not UTF-8 are named by their text's place`() throws {
    let folder = try TemporaryFolder()
    try (Data("{\"d\": [\n\"ok\", \"a".utf8) + [0xFF] + Data("\"]}".utf8)).write(
      to: folder.url.appending(path: "c.json"))
    try profile(folder.path("c.json"), folder).expectRefusal("c.json, line 2, column 8: string is not valid UTF-8")
  }

  @Test func `a stream without an end, a device and a folder are refused`() throws {
    let folder = try TemporaryFolder()
    let message = "expected at most 134217728 bytes from a pipe or a device, found more"
    try MeasuredTool.run("tokenize", "--tokenizer", Self.tiny, "-", input: "/dev/zero")
      .expectRefusal("standard input: \(message)")
    for device in ["/dev/zero", "/dev/stdin"] {
      try profile(device, folder, input: "/dev/zero")
        .expectRefusal("\(device): cannot read: expected a file, found a device")
    }
    try profile(folder.path, folder).expectRefusal("cannot read: it is a folder")
    let endless = try Tool.run(
      ["profile", "--model", Tool.tinyModel.path, "--corpus", "/dev/stdin", "--output", folder.path("run")],
      shell: #"yes | "$@""#)
    #expect(endless.status == 1)
    #expect(endless.messages == "Error: /dev/stdin: cannot read: \(message); write a file first\n")
  }

  @Test func `a long text of words is cut, in the time it takes to read it`() throws {
    let folder = try TemporaryFolder()
    let corpus = try folder.write(
      [("{\"d\": [\"", 1), ("The bond yields. ", 6 * Self.million), ("\"]}", 1)], to: "c.json")
    let result = try profile(corpus, folder)
    #expect(
      result.status == 0,
      "\(result.messages)")
    #expect(
      result.output.hasPrefix("d, all tokens: 1 text, 16 tokens, 1 truncated\n"),
      "\(result.messages)")
    #expect(result.takesAtMost(seconds: 5))
  }

  @Test func `of a hundred million ids only those are kept that are run`() throws {
    let folder = try TemporaryFolder()
    let corpus = try folder.write([("{\"d\": [[", 1), ("7,", 100 * Self.million), ("7]]}", 1)], to: "c.json")
    let result = try profile(corpus, folder)
    #expect(
      result.status == 0,
      "\(result.messages)")
    #expect(
      result.output.hasPrefix("d, all tokens: 1 text, 16 tokens, 1 truncated\n"),
      "\(result.messages)")
    #expect(result.takesAtMost(seconds: 15))
  }

  @Test func `a million empty texts are counted`() throws {
    let folder = try TemporaryFolder()
    let corpus = try folder.write([("[\"a\"", 1), (",\"\"", Self.million), ("]", 1)], to: "c.json")
    let result = try profile(corpus, folder)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.contains("1,000,000 empty"))
    #expect(result.takesAtMost(seconds: 5))
  }

  @Test func `a NUL in a text is a character`() throws {
    let folder = try TemporaryFolder()
    let corpus = try folder.write(#"{"d": ["a\u0000b"]}"#, to: "c.json")
    let result = try MeasuredTool.run(
      "tokenize", "--tokenizer", Self.tiny, "--corpus", corpus, "--output", folder.path("ids.json"), "--quiet")
    let ids = try JSONDecoder().decode([String: [[Int]]].self, from: Data(folder.text("ids.json").utf8))
    // BOS, "a", NUL, "b": nothing is cut off at the NUL.
    #expect(result.status == 0)
    #expect(ids["d"]?.first?.count == 4)
  }
}

import Foundation
import TestSupport
import Testing

@Suite struct CorpusCommandTests {
  private func corpus(_ folder: TemporaryFolder) throws -> [String: [String]] {
    let object = try JSONSerialization.jsonObject(with: Data(folder.text("corpus.json").utf8))
    return try #require(object as? [String: [Any]]).mapValues { texts in
      texts.compactMap { $0 as? String ?? ($0 as? [String: String])?["text"] }
    }
  }

  private func build(_ folder: TemporaryFolder, _ arguments: String...) throws -> Tool.Result {
    try Tool.run(["corpus", "build"] + arguments + ["--output", folder.path("corpus.json")])
  }

  @Test func `the samples become a corpus of seven domains`() throws {
    let folder = try TemporaryFolder()
    let samples = Repository.fixtures.appending(path: "samples").path
    let result = try build(
      folder, "cpp=\(samples)/cpp/*.cpp", "python=\(samples)/python", "finance=\(samples)/finance.jsonl:headline+body",
      "numbers=\(samples)/numbers.txt:paragraph", "legal=\(samples)/legal.txt:paragraph",
      "medical=\(samples)/medical.csv:note", "bills=\(samples)/bills.json:text")
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.isEmpty, "\(result.messages)")
    let lines = result.output.split(separator: "\n")
    try #require(lines.count == 8)
    #expect(lines[0].hasPrefix("domain "))
    #expect(lines[1].hasPrefix("cpp "))
    let corpus = try corpus(folder)
    #expect(corpus.count == 7)
    #expect(corpus.values.allSatisfy { $0.count >= 8 })
    let file = try String(contentsOf: URL(filePath: "\(samples)/cpp/matrix.cpp"), encoding: .utf8)
    #expect(corpus["cpp"]?.contains(file) == true)
    let run = try Tool.run(
      "profile", "--model", Tool.tinyModel.path, "--corpus", folder.path("corpus.json"), "--output", folder.path("run"),
      "--max-tokens", "64", "--quiet", "--no-report")
    #expect(run.status == 0, "\(run.messages)")
    #expect(try folder.names(in: "run").count { $0.hasSuffix(".csv") } == 11)
  }

  @Test(.enabled(if: Repository.hasShared, "needs ../shared"))
  func `all seven domains are built from raw files, and profiled`() throws {
    let folder = try TemporaryFolder()
    let raw = Repository.shared.appending(path: "corpora/raw").path
    let sources = [
      "cpp=\(raw)/cpp.jsonl:prompt+canonical_solution", "python=\(raw)/python.jsonl:prompt",
      "finance=\(raw)/finance-headlines.json:title", "math=\(raw)/math.jsonl:question+answer",
      "legal=\(raw)/legal.json:original_text", "medical=\(raw)/medical.csv:section_text",
      "bills=\(raw)/bills.jsonl:text",
    ]
    let arguments = ["--sample", "20", "--seed", "4", "--min-characters", "30", "--output", folder.path("corpus.json")]
    let result = try Tool.run(["corpus", "build"] + sources + arguments)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.isEmpty, "\(result.messages)")
    let corpus = try corpus(folder)
    #expect(corpus.count == 7)
    #expect(corpus.values.allSatisfy { $0.count == 20 })
    #expect(corpus.values.joined().allSatisfy { $0.unicodeScalars.count >= 30 })
    let bytes = try folder.text("corpus.json")
    #expect(try Tool.run(["corpus", "build"] + sources + arguments).output == result.output)
    #expect(try folder.text("corpus.json") == bytes)
    let run = try Tool.run(
      "profile", "--model", Tool.tinyModel.path, "--corpus", folder.path("corpus.json"), "--output", folder.path("run"),
      "--max-tokens", "64", "--quiet", "--no-report")
    #expect(run.status == 0, "\(run.messages)")
    #expect(try folder.names(in: "run").count == 13)
  }

  @Test func `every field the help names works as it says`() throws {
    let folder = try TemporaryFolder()
    let json = try folder.write(
      #"[{"a": {"b": "1"}, "c": ["2", "3"], "d.e": "4"}, {"a": {"b": "5"}, "c": ["6"], "d.e": "7"}]"#, to: "r.json")
    let top = try folder.write(#"{"data": {"x": {"a": "8"}, "y": {"a": "9"}}, "more": 1}"#, to: "t.json")
    let csv = try folder.write("10,11\n12,13\n", to: "h.csv")
    let log = try folder.write("one\ntwo\n\nthree\n", to: "log.txt")
    let result = try build(
      folder, "nested=\(json):a.b", "every=\(json):c.*", "joined=\(json):a.b+c.0", "escaped=\(json):d\\.e",
      "top=\(top):.data.*.a", "second=\(csv):#2", "paragraphs=\(log):paragraph", "lines=\(log):line", "whole=\(log)")
    #expect(result.status == 0, "\(result.messages)")
    #expect(
      try corpus(folder) == [
        "nested": ["1", "5"], "every": ["2", "3", "6"], "joined": ["1\n2", "5\n6"], "escaped": ["4", "7"],
        "top": ["8", "9"], "second": ["11", "13"], "paragraphs": ["one\ntwo", "three"],
        "lines": ["one", "two", "three"], "whole": ["one\ntwo\n\nthree\n"],
      ])
  }

  @Test(arguments: [
    ("cpp", "expected domain=path"), ("cpp=missing/*.cpp", "missing/*.cpp"), ("a=missing.csv", "missing.csv"),
    ("a=t.csv", #"t.csv, line 1: expected a column to read"#), ("a=t.csv:z", #"line 1: no column "z""#),
    ("a=wide.csv:x", "wide.csv, line 3: expected 2 columns as in the first row, found 1"),
    ("a=b.jsonl:x", "b.jsonl, line 2, column 1: expected a value, found '?'"),
    ("a=b.jsonl:y", "b.jsonl, line 1:"), ("a=latin.txt", "latin.txt: expected UTF-8, found something else at byte 1"),
    ("a=empty.jsonl:x", "expected at least one text, found none in 1 file"),
    ("a=blank.txt", "none of 1 texts is kept: 1 blank"),
  ])
  func `a source that gives nothing is told in one line`(source: String, message: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("x,y\n1,2\n", to: "t.csv")
    try folder.write("x,y\n1,2\n3\n", to: "wide.csv")
    try folder.write("{\"x\": \"1\"}\n?\n", to: "b.jsonl")
    try folder.write("", to: "empty.jsonl")
    try folder.write(" \n", to: "blank.txt")
    try Data([0x61, 0xE9, 0x62]).write(to: folder.url.appending(path: "latin.txt"))
    let before = try folder.names
    let result = try Tool.run(
      ["corpus", "build", source, "--output", "corpus.json"], shell: "cd '\(folder.path)' && \"$@\"")
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.lines.count == 1)
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(try folder.names == before)
  }

  @Test func `a corpus that cannot be written is told in one line`() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("text", to: "a.txt")
    let result = try Tool.run("corpus", "build", "a=\(text)", "--output", folder.path("no/corpus.json"))
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.lines.count == 1)
    #expect(result.messages.contains("no/corpus.json: cannot write: No such file or directory"))
  }

  @Test(arguments: [
    ("--sample=0", "--sample: expected at least 1, found 0"),
    ("--min-characters=-1", "--min-characters: expected at least 0, found -1"),
    ("--max-characters=0", "--max-characters: expected at least 1, found 0"), ("--split=page", "'page'"),
  ])
  func `an option out of range is refused with the usage`(option: String, message: String) throws {
    let folder = try TemporaryFolder()
    let result = try build(folder, "a=b", option)
    #expect(result.status == 64, "\(result.messages)")
    #expect(result.output.isEmpty, "\(result.messages)")
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(try folder.names.isEmpty)
  }
}

import CorpusBuilder
import Foundation
import LlamaCore
import Profiler
import TestSupport
import Testing

/// Groups that `corpus build` writes.
@Suite struct CorpusBuilderGroupTests {
  private func groups(_ folder: CorpusFolder, _ source: String, field: String? = nil) throws -> [String?] {
    try folder.build("x=@/\(source)", options: .init(groupField: field)).corpus.domains[0].texts.map { text in
      text.group?.replacing(folder.path + "/", with: "")
    }
  }

  @Test func `texts that are cut from a file are of its group, whole files of none`() throws {
    let folder = try CorpusFolder(["a.txt": "one\ntwo\n\nthree\n", "b/c.txt": "four"])
    #expect(try groups(folder, "a.txt:line") == ["a.txt", "a.txt", "a.txt"])
    #expect(try groups(folder, "a.txt:paragraph") == ["a.txt", "a.txt"])
    #expect(try groups(folder, "a.txt") == [nil])
    #expect(try folder.build("x=@").corpus.domains[0].texts.map(\.group) == [nil, nil])
  }

  @Test(arguments: [
    ("r.jsonl:text", "- -"), ("r.jsonl:parts.*", "r.jsonl#1 r.jsonl#1 r.jsonl#3"), ("r.jsonl:parts.0+text", "- -"),
    ("l.json:parts.*", "l.json#1 l.json#2 l.json#2"), ("o.json:parts.*", "o.json#k o.json#k o.json#l"),
    ("t.json:.data.*.text", "- -"), ("t.json:.data.*.parts.*", "t.json#1 t.json#2 t.json#2"), ("r.csv:text", "- -"),
  ])
  func `elements of a nested list are of the group of their record`(source: String, found: String) throws {
    let records = [
      #"{"text": "p", "parts": ["a", "b"]}"#, #"{"text": "q", "parts": ["c"]}"#, #"{"text": "r", "parts": ["d", "e"]}"#,
    ]
    let folder = try CorpusFolder([
      "r.jsonl": records[0] + "\n\n" + records[1] + "\n", "l.json": "[\(records[1]), \(records[2])]",
      "o.json": "{\"k\": \(records[0]), \"l\": \(records[1])}",
      "t.json": "{\"data\": [\(records[1]), \(records[2])]}", "r.csv": "text,id\none,1\ntwo,2\n",
    ])
    #expect(try groups(folder, source).map { $0 ?? "-" }.joined(separator: " ") == found)
  }

  @Test(arguments: [
    ("r.jsonl:text", "meta.id", ["7", "x"]), ("r.jsonl:parts.*", "meta.id", ["7", "7", "x"]),
    ("r.csv:text", "id", ["one, a", "b"]), ("n.csv:#1", "#2", ["A", "A"]),
  ])
  func `a field names the group, a string or an integer`(source: String, field: String, found: [String]) throws {
    let folder = try CorpusFolder([
      "r.jsonl":
        #"{"text": "p", "meta": {"id": 7}, "parts": ["a", "b"]}"# + "\n"
        + #"{"text": "q", "meta": {"id": "x"}, "parts": ["c"]}"#,
      "r.csv": "text,id\nt,\"one, a\"\nu,b\n", "n.csv": "t,A\nu,A\n",
    ])
    #expect(try groups(folder, source, field: field) == found)
  }

  @Test(arguments: [
    ("r.jsonl:text", "id", #"@/r.jsonl, line 1: group: no field "id", its fields are "text""#),
    (
      "r.jsonl:text", "a.*",
      #"source "x=@/r.jsonl:text": expected a group field that names one value of a record, found "a.*""#
    ),
    ("b.jsonl:text", "id", "@/b.jsonl, line 1: group: expected a string or an integer, found the number 1.5"),
    ("e.jsonl:text", "id", #"@/e.jsonl, line 1: group: expected a group that is not empty, found """#),
    (
      "t.json:.*.text", "id",
      #"source "x=@/t.json:.*.text": a field from the top of the file belongs to no record that could name a group"#
    ),
    ("r.csv:text", "none", #"@/r.csv, line 1: no column "none", its columns are "text", "id""#),
    ("r.csv:text", "id", #"@/r.csv, line 3: group: expected a group that is not empty, found """#),
  ])
  func `a record without its group is refused, or counted`(source: String, field: String, message: String) throws {
    let folder = try CorpusFolder([
      "r.jsonl": #"{"text": "p"}"#, "b.jsonl": #"{"text": "p", "id": 1.5}"#, "e.jsonl": #"{"text": "p", "id": ""}"#,
      "t.json": #"[{"text": "p", "id": "a"}]"#, "r.csv": "text,id\nt,a\nu,\n",
    ])
    #expect(folder.refusal("x=@/\(source)", options: .init(groupField: field)) == message)
    guard source == "r.csv:text", field == "id" else { return }
    let build = try folder.build("x=@/r.csv:text", options: .init(skipsInvalid: true, groupField: "id"))
    #expect(build.corpus.domains[0].texts == [CorpusText(.string("t"), group: "a")])
    #expect(build.counts[0].invalid == 1)
  }

  @Test func `a field has no effect on text files`() throws {
    let folder = try CorpusFolder(["a.txt": "one\ntwo", "r.jsonl": #"{"text": "p", "id": "a.txt"}"#])
    let build = try folder.build("x=@/a.txt:line", "x=@/r.jsonl:text", options: .init(groupField: "id"))
    #expect(build.corpus.domains[0].texts.map { $0.group?.hasSuffix("a.txt") } == [true, true, true])
  }

  @Test func `windows are several of a document, of equal length, without overlap, and reproducible`() throws {
    let tokenizer = try Tokenizer(contentsOf: Repository.fixtures.appending(path: "tiny-llama/tokenizer.json"))
    let special = tokenizer.prefixTokens.count + tokenizer.suffixTokens.count
    let windows = try #require(TokenWindows(size: 6 + special, perDocument: 3, tokenizer: tokenizer))
    let words = (0..<90).map { "word\($0) " }.joined()
    let folder = try CorpusFolder(["a.txt": words, "b.txt": "the end of it " + words, "c.txt": "x"])
    let build = try folder.build("x=@", windows: windows)
    let texts = build.corpus.domains[0].texts
    #expect(texts.count == 6)
    #expect(build.counts[0].tooShort == 1)
    #expect(build.counts[0].kept == 6)
    #expect(build.counts[0].read == 7)
    #expect(Set(texts.map(\.group)).count == 2)
    #expect(texts.allSatisfy { $0.group?.hasPrefix(folder.path) == true })
    let document = tokenizer.encode(words, addingSpecialTokens: false)
    var ends = 0
    for text in texts.prefix(3) {
      guard case .tokens(let ids) = text.content else {
        Issue.record("expected token ids")
        continue
      }
      #expect(ids.count == 6 + special)
      #expect(ids.starts(with: tokenizer.prefixTokens))
      let own = Array(ids.dropFirst(tokenizer.prefixTokens.count).prefix(6))
      let place = (ends...document.count - 6).first { Array(document[$0..<$0 + 6]) == own }
      // Windows follow each other in the document.
      ends = try #require(place) + 6
    }
    #expect(try folder.build("x=@", windows: windows).corpus == build.corpus)
    #expect(try folder.build("x=@", options: .init(seed: 1), windows: windows).corpus != build.corpus)
    // Another document beside changes no window of this one.
    let alone = try folder.build("x=@/a.txt", windows: windows).corpus.domains[0].texts
    #expect(alone == Array(texts.prefix(3)))
    #expect(TokenWindows(size: special, perDocument: 1, tokenizer: tokenizer) == nil)
  }

  @Test func `every place of a document is as likely as any other`() throws {
    let tokenizer = try Tokenizer(contentsOf: Repository.fixtures.appending(path: "tiny-llama/tokenizer.json"))
    let special = tokenizer.prefixTokens.count + tokenizer.suffixTokens.count
    let windows = try #require(TokenWindows(size: 1 + special, perDocument: 2, tokenizer: tokenizer))
    let folder = try CorpusFolder(["a.txt": "a b c d e"])
    let document = tokenizer.encode("a b c d e", addingSpecialTokens: false)
    try #require(Set(document).count == document.count)
    var counts = [Int](repeating: 0, count: document.count)
    let draws = 400
    for seed in 0..<draws {
      for text in try folder.build("x=@", options: .init(seed: UInt64(seed)), windows: windows).corpus.domains[0].texts
      {
        guard case .tokens(let ids) = text.content else { continue }
        if let place = document.firstIndex(of: ids[tokenizer.prefixTokens.count]) { counts[place] += 1 }
      }
    }
    #expect(counts.reduce(0, +) == 2 * draws)
    let expected = 2 * Double(draws) / Double(document.count)
    // Five standard errors; the seeds are fixed.
    for count in counts { #expect(abs(Double(count) - expected) < 5 * expected.squareRoot()) }
  }
}

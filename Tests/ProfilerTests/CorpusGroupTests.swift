import Foundation
import Foundations
import LlamaCore
import Profiler
import Testing

/// Groups of texts in corpus files.
@Suite struct CorpusGroupTests {
  private func read(_ json: String) throws -> Corpus {
    let folder = try CorpusFolder(["corpus.json": json])
    return try Corpus(contentsOf: folder.url.appending(path: "corpus.json"))
  }

  @Test func `a text may be an object with its group, beside plain texts`() throws {
    let corpus = try read(
      #"{"a": [{"text": "one", "group": "d"}, {"group": "d", "tokens": [1, 2]}, "two", {"text": "", "group": null}], "b": [{"tokens": []}]}"#
    )
    let texts = corpus.domains[0].texts
    #expect(texts[0] == CorpusText(.string("one"), group: "d"))
    #expect(texts[1] == CorpusText(.tokens([1, 2]), group: "d"))
    #expect(texts[2] == .string("two"))
    #expect(texts.map(\.group) == ["d", "d", nil, nil])
    #expect(texts.map(\.isEmpty) == [false, false, false, true])
    #expect(corpus.domains[1].texts == [.tokens([])])
    // Bytes tell groups apart, not what they look like.
    #expect(CorpusText(.string("x"), group: "\u{E9}") != CorpusText(.string("x"), group: "e\u{301}"))
  }

  @Test(arguments: [
    (#"{"messages": []}"#, #"expected "text" or "tokens", found "messages", which cannot be profiled yet"#),
    (#"{"text": "a", "tokens": [1]}"#, #"expected "text" or "tokens", found both"#),
    (#"{"group": "d"}"#, #"expected "text" or "tokens", found none"#),
    (#"{"text": "a", "text": "b"}"#, #""text" appears twice"#),
    (#"{"text": [1]}"#, #""text": expected a string, found an array"#),
    (#"{"tokens": "a"}"#, #""tokens": expected a list of token ids, found a string"#),
    (#"{"text": "a", "group": 7}"#, #""group": expected a string, found a number"#),
    (#"{"text": "a", "group": ""}"#, #"expected a group that is not empty, found """#),
    (#"{"text": "a", "group": "x\u0000"}"#, #"expected a group without a NUL, found "x\u{0}""#),
    (#"{"text": "a", "id": 1}"#, #"expected "text" or "tokens", and "group", found "id""#),
  ])
  func `an object that is no text is refused in one line`(json: String, message: String) throws {
    let error = #expect(throws: CorpusError.self) { try read("{\"a\": [\"x\", \(json)]}") }
    let text = try #require(error?.description)
    #expect(text.contains(": domain \"a\", text 1: "), "\(text)")
    #expect(text.contains(message) || message.contains("NUL") && text.contains("without a NUL"), "\(text)")
    #expect(!text.contains("\n"))
  }

  @Test func `a long name of a group is refused, one at the limit is not`() throws {
    func text(_ count: Int) -> String {
      #"[{"text": "a", "group": ""# + String(repeating: "g", count: count) + #""}]"#
    }
    #expect(try read(text(CorpusText.groupLimit)).domains[0].texts[0].group?.count == CorpusText.groupLimit)
    let error = #expect(throws: CorpusError.self) { try read(text(CorpusText.groupLimit + 1)) }
    #expect(error?.description.hasSuffix("expected a group of at most 1000 bytes, found 1001") == true)
  }

  @Test func `groups are written, and survive tokenizing`() throws {
    let corpus = try Corpus(domains: [
      .init(
        name: "a",
        texts: [
          CorpusText(.string("one \"two\""), group: "d\n"), .string("three"), CorpusText(.tokens([3, 4]), group: "e"),
        ])
    ])
    let folder = try CorpusFolder()
    let url = folder.url.appending(path: "corpus.json")
    try corpus.write(to: url)
    #expect(try Corpus(contentsOf: url) == corpus)
    let tokenized = try corpus.tokenized { text in Array(repeating: 1, count: text.utf8.count) }
    #expect(tokenized.domains[0].texts.map(\.group) == ["d\n", nil, "e"])
    let run = TokenizedCorpus(corpus, maximumTokens: 4, vocabularySize: 5) { _ in [1, 2] }
    #expect(run.domains[0].texts.map(\.group) == ["d\n", nil, "e"])
  }
}

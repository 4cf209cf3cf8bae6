import Foundation
import Profiler
import Testing

/// Corpora that no honest program writes.
@Suite struct HostileCorpusTests {
  private func read(_ text: String, tokenLimit: Int = .max) throws -> Corpus {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try Corpus.reading(file, tokenLimit: tokenLimit).corpus
  }

  @Test(arguments: [0, 1, 2, 3, 100])
  func `of a list of ids the first ones are kept`(limit: Int) throws {
    let corpus = try read("[[1, 2, 3], [4], []]", tokenLimit: limit)
    let expected = [[1, 2, 3], [4], []].map { CorpusText.tokens(Array($0.prefix(limit))) }
    #expect(corpus.domains.map(\.texts) == [expected])
  }

  @Test(arguments: ["-1", "2147483648", "1.5", "1e3", "99999999999999999999", "null", "\"3\"", "[3]", "{}", "true"])
  func `an id beyond those that are kept is checked like any other`(id: String) {
    for limit in [0, 2, 10] {
      let error = #expect(throws: CorpusError.self) { try read("{\"d\": [[1, 2, 3, \(id)]]}", tokenLimit: limit) }
      #expect(error?.description.contains("domain \"d\", text 0, position 3: expected a token id") == true)
    }
  }

  @Test func `a NUL is kept`() throws {
    #expect(try read(#"["a\u0000b", "\u0000"]"#).domains[0].texts == [.string("a\0b"), .string("\0")])
  }

  @Test func `a text that the tokenizer refuses is named`() throws {
    struct Refusal: Error {}
    let corpus = try Corpus(domains: [
      .init(name: "a", texts: [.string("x")]), .init(name: "b", texts: [.tokens([1]), .string(""), .string("y")]),
    ])
    #expect(throws: CorpusError.cannotTokenize(domain: "b", index: 2, reason: "Refusal()")) {
      try corpus.tokenized { text in
        if text == "y" { throw Refusal() }
        return [7]
      }
    }
  }
}

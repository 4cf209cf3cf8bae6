import Profiler
import Testing

@Suite struct TokenizedCorpusTests {
  /// One id per byte after a BOS id of 1.
  private func encode(_ text: String) -> [Int32] { [1] + text.utf8.map { Int32($0) } }

  @Test func `empty texts are left out, long ones cut, and both counted`() throws {
    let corpus = try Corpus(domains: [
      .init(name: "a", texts: [.string("abc"), .string(""), .tokens([5, 6, 7, 8]), .tokens([]), .string("x")]),
      .init(name: "b", texts: [.string("")]),
    ])
    let tokenized = TokenizedCorpus(corpus, maximumTokens: 3, vocabularySize: 256, encode: encode)
    #expect(
      tokenized
        == TokenizedCorpus(domains: [
          .init(
            name: "a",
            texts: [
              .init(index: 0, tokens: [1, 97, 98]), .init(index: 2, tokens: [5, 6, 7]),
              .init(index: 4, tokens: [1, 120]),
            ], emptyTexts: 2, truncatedTexts: 2),
          .init(name: "b", texts: [], emptyTexts: 1, truncatedTexts: 0),
        ]))
    #expect(tokenized.textCount == 3)
    #expect(tokenized.tokenCount == 8)
  }

  @Test(arguments: [[3, 100, 5], [3, -1]] as [[Int32]])
  func `an id that the model has no embedding for is recorded, and the other texts stay`(ids: [Int32]) throws {
    let corpus = try Corpus(domains: [.init(name: "a", texts: [.string("x"), .tokens(ids), .tokens([99])])])
    let tokenized = TokenizedCorpus(corpus, maximumTokens: 2, vocabularySize: 100) { _ in [4] }
    let reason = "position 1: expected a token id from 0 to 99, found \(ids[1])"
    #expect(
      tokenized.domains == [
        .init(
          name: "a", texts: [.init(index: 0, tokens: [4]), .init(index: 2, tokens: [99])],
          failures: [.init(index: 1, reason: reason)])
      ])
    #expect(tokenized.failureCount == 1)
    #expect(tokenized.textCount == 2)
  }

  @Test func `an id beyond the cut harms nobody`() throws {
    let corpus = try Corpus(domains: [.init(name: "a", texts: [.tokens([1, 2, 500])])])
    let tokenized = TokenizedCorpus(corpus, maximumTokens: 2, vocabularySize: 100) { _ in [] }
    #expect(
      tokenized.domains == [.init(name: "a", texts: [.init(index: 0, tokens: [1, 2])], truncatedTexts: 1)])
  }

  private struct Refusal: Error, CustomStringConvertible { var description = "byte 3: two\nlines" }

  @Test func `a text that the tokenizer refuses is recorded with its reason on one line`() throws {
    let corpus = try Corpus(domains: [
      .init(name: "a", texts: [.string("bad"), .string("good"), .string("")]),
      .init(name: "b", texts: [.string("bad")]),
    ])
    let tokenized = TokenizedCorpus(corpus, maximumTokens: 9, vocabularySize: 256) { text in
      if text == "bad" { throw Refusal() }
      return encode(text)
    }
    let failure = TokenizedCorpus.Failure(index: 0, reason: #"byte 3: two\nlines"#)
    #expect(tokenized.domains.map(\.failures) == [[failure], [failure]])
    #expect(tokenized.failureCount == 2)
    #expect(tokenized.domains.map { $0.texts.map(\.index) } == [[1], []])
    #expect(tokenized.domains[0].emptyTexts == 1)
  }
}

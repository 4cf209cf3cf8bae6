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
    let tokenized = try TokenizedCorpus(corpus, maximumTokens: 3, vocabularySize: 256, encode: encode)
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
    #expect(tokenized.textCount == 3 && tokenized.tokenCount == 8)
  }

  @Test(arguments: [[3, 100], [3, -1]] as [[Int32]])
  func `an id that the model has no embedding for is refused`(ids: [Int32]) throws {
    let corpus = try Corpus(domains: [.init(name: "a", texts: [.string("x"), .tokens(ids)])])
    let error = #expect(throws: ProfileError.self) {
      try TokenizedCorpus(corpus, maximumTokens: 9, vocabularySize: 100) { _ in [4] }
    }
    #expect(error?.description == "text 1 of \"a\", position 1: expected a token id from 0 to 99, found \(ids[1])")
  }
}

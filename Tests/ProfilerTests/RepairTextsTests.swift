import LlamaCore
import Profiler
import Testing

/// Texts that fit a repair and texts that measure it.
@Suite struct RepairTextsTests {
  private func corpus(_ domains: KeyValuePairs<String, [[TokenID]]>) -> TokenizedCorpus {
    TokenizedCorpus(
      domains: domains.map { name, texts in
        TokenizedCorpus.Domain(
          name: name,
          texts: texts.enumerated().map { TokenizedCorpus.Text(index: $0.offset, tokens: $0.element) })
      })
  }

  private func texts(_ count: Int, from first: TokenID) -> [[TokenID]] {
    (0..<count).map { [first + TokenID($0), 1, 2] }
  }

  private func names(_ texts: [RepairTexts.Text]) -> [String] { texts.map(\.identity.description) }

  @Test(arguments: [UInt64(0), 1, 99])
  func `each domain is halved, and every text is in one half`(seed: UInt64) throws {
    let split = try RepairTexts(corpus(["a": texts(10, from: 10), "b": texts(7, from: 30)]), seed: seed)
    #expect(split.fitted.count == 9 && split.measured.count == 8)
    #expect(split.fitted.count { $0.identity.domain == "a" } == 5)
    let all = (0..<10).map { "text \($0) of \"a\"" } + (0..<7).map { "text \($0) of \"b\"" }
    #expect((names(split.fitted) + names(split.measured)).sorted() == all.sorted())
    // In the order of the corpus.
    for half in [split.fitted, split.measured] { #expect(names(half) == all.filter(names(half).contains)) }
  }

  @Test func `the seed deals the texts`() throws {
    let corpus = corpus(["a": texts(40, from: 10)])
    let first = try names(RepairTexts(corpus, seed: 1).fitted)
    #expect(try names(RepairTexts(corpus, seed: 1).fitted) == first)
    #expect(try names(RepairTexts(corpus, seed: 2).fitted) != first)
  }

  @Test func `domains of one text are dealt by turns`() throws {
    let split = try RepairTexts(
      corpus(["a": texts(1, from: 10), "b": texts(1, from: 20), "c": texts(1, from: 30), "d": texts(1, from: 40)]),
      seed: 3)
    #expect(split.fitted.map(\.identity.domain) == ["a", "c"])
    #expect(split.measured.map(\.identity.domain) == ["b", "d"])
  }

  @Test func `copies and texts of one token are in neither half`() throws {
    let copies = corpus(["a": [[5, 6], [7], [5, 6], [8, 9]], "b": [[8, 9], [5, 6], [4, 4]]])
    let split = try RepairTexts(copies, seed: 0)
    #expect(
      (names(split.fitted) + names(split.measured)).sorted()
        == [#"text 0 of "a""#, #"text 2 of "b""#, #"text 3 of "a""#])
  }

  @Test(arguments: [[[5, 6]], [[5, 6], [5, 6], [7]], [[7]], []] as [[[TokenID]]])
  func `fewer than two different texts are refused`(texts: [[TokenID]]) {
    let error = #expect(throws: RepairError.self) { try RepairTexts(corpus(["a": texts]), seed: 0) }
    #expect(error == .texts(found: texts.contains([5, 6]) ? 1 : 0))
    #expect(error?.description.contains("expected at least 2 different texts of 2 tokens or more") == true)
  }
}

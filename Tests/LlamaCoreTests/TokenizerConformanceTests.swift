import Foundation
import Foundations
import TestSupport
import LlamaCore
import Testing

/// Whole vocabularies against Hugging Face and llama.cpp.
@Suite struct TokenizerConformanceTests {
  @Test(arguments: TokenizerTestData.vocabularies)
  func `the texts of seven domains have the ids of Hugging Face`(vocabulary: TokenizerTestData.Vocabulary) throws {
    let tokenizer = try vocabulary.tokenizer()
    let expected = try vocabulary.ids()
    let texts = try vocabulary.texts()
    #expect(expected.count == 7)
    for (domain, ids) in expected {
      #expect(try #require(texts[domain]).map { tokenizer.encode($0) } == ids, "\(domain)")
    }
  }

  @Test(arguments: TokenizerTestData.vocabularies)
  func `odd texts have the ids of Hugging Face or llama cpp`(vocabulary: TokenizerTestData.Vocabulary) throws {
    let tokenizer = try vocabulary.tokenizer()
    let cases = try vocabulary.cases()
    #expect(cases.count >= 47)
    for (text, ids) in cases {
      #expect(tokenizer.encode(text, addingSpecialTokens: false) == ids, "\(text.debugDescription)")
    }
  }

  @Test func `a vocabulary of Llama 3's kind has its special tokens after the others`() throws {
    let tokenizer = try TokenizerTestData.vocabularies[1].tokenizer()
    #expect(tokenizer.vocabularySize == 4256)
    #expect(tokenizer.prefixTokens == [4000])
    #expect(tokenizer.id(for: "<|eot_id|>") == 4002)
    let word = tokenizer.encode("the", addingSpecialTokens: false)
    #expect(word.count == 1)
    #expect(tokenizer.encode("the<|eot_id|>") == [4000] + word + [4002])
    #expect(tokenizer.decode([4000] + word + [4002]) == "the")
  }

  private func json(_ path: String) throws -> JSONValue {
    try JSONValue(contentsOf: Repository.shared.appendingPathComponent(path))
  }

  private func tokenizer(_ path: String) throws -> Tokenizer {
    try Tokenizer(contentsOf: Repository.shared.appendingPathComponent(path))
  }

  @Test(.enabled(if: Repository.hasShared, "needs ../shared"))
  func `stories260K reads its corpus as Hugging Face does`() throws {
    let tokenizer = try tokenizer("conformance/models/stories260K")
    #expect(tokenizer.vocabularySize == 512)
    #expect(tokenizer.prefixTokens == [1])
    #expect(tokenizer.token(for: 1) == "<s>")
    let texts = try #require(json("conformance/models/stories260K/corpus.json").object)
    for (domain, golden) in try #require(json("conformance/models/stories260K/golden.json").object) {
      let ids = try #require(texts[domain]?.array).compactMap(\.string).map { tokenizer.encode($0) }
      #expect(ids == golden.array?.map { ($0["ids"]?.array ?? []).compactMap(\.integer).map(TokenID.init) })
    }
  }

  @Test(.enabled(if: Repository.hasShared, "needs ../shared"))
  func `the special tokens of Llama 3 are known`() throws {
    let tokenizer = try tokenizer("conformance/tokenizers/llama3")
    #expect(tokenizer.vocabularySize == 128_256)
    #expect(tokenizer.prefixTokens == [128_000])
    #expect(tokenizer.id(for: "<|eot_id|>") == 128_009)
    #expect(tokenizer.encode("Hello<|eot_id|>", addingSpecialTokens: false) == [9906, 128_009])
    #expect(tokenizer.decode([128_000, 9906, 128_009]) == "Hello")
  }

  /// Loaded once for the cases below.
  private static let tokenizers = TokenizerTestData.vocabularies.map { try? $0.tokenizer() }

  @Test(
    .timeLimit(.minutes(Hang.minutes)), arguments: TokenizerTestData.vocabularies.indices,
    ["^", "a", " ", "\n", " \n", "7", "日本", "<|eot_id|>", "\u{300}", "\0"])
  func `a million characters without a word take no time and come back`(index: Int, part: String) throws {
    let tokenizer = try #require(Self.tokenizers[index])
    let text = String(repeating: part, count: 1_000_000 / part.unicodeScalars.count)
    let ids = tokenizer.encode(text, addingSpecialTokens: false)
    #expect(Array(tokenizer.decode(ids, skippingSpecialTokens: false).utf8) == Array(text.utf8))
  }
}

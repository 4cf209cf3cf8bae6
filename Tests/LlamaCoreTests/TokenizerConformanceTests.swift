import Foundation
import TestSupport
import LlamaCore
import Testing

/// The real vocabularies of Llama 2 and 3 and of stories260K, against Hugging Face and llama.cpp.
@Suite(.enabled(if: TokenizerTestData.hasShared, "needs ../shared, the test data beside the repository"))
struct TokenizerConformanceTests {
  private func json(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: [UInt8](try Data(contentsOf: TokenizerTestData.shared.appendingPathComponent(path))).span)
  }

  private func tokenizer(_ path: String) throws -> Tokenizer {
    try Tokenizer(contentsOf: TokenizerTestData.shared.appendingPathComponent(path))
  }

  @Test(arguments: ["llama2", "llama3"])
  func `the texts of seven domains have the ids of Hugging Face`(name: String) throws {
    let tokenizer = try tokenizer("conformance/tokenizers/\(name)")
    let expected = try #require(json("conformance/tokenizers/\(name)/domains.ids.json").object)
    let texts = try #require(json("corpora/domains.json").object)
    #expect(expected.count == 7)
    for (domain, lists) in expected {
      let ids = try #require(texts[domain]?.array).compactMap(\.string).map { tokenizer.encode($0) }
      #expect(ids == lists.array?.map { ($0.array ?? []).compactMap(\.integer).map(TokenID.init) }, "\(domain)")
    }
  }

  @Test(arguments: [("llama-spm", "llama2"), ("llama-bpe", "llama3")])
  func `the cases of llama cpp have its ids`(cases: String, name: String) throws {
    let tokenizer = try tokenizer("conformance/tokenizers/\(name)/tokenizer.json")
    func read(_ ending: String) throws -> String {
      let file = TokenizerTestData.shared.appendingPathComponent("conformance/tokenizers/\(cases).\(ending)")
      return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
    let texts = try read("inp").components(separatedBy: "\n__ggml_vocab_test__\n")
    let lines = try read("out").split(separator: "\n", omittingEmptySubsequences: false).prefix(texts.count)
    #expect(texts.count == 47)
    for (text, line) in zip(texts, lines) {
      #expect(
        tokenizer.encode(text, addingSpecialTokens: false) == line.split(separator: " ").compactMap { TokenID($0) },
        "\(text.debugDescription)")
    }
  }

  @Test func `stories260K reads its corpus as Hugging Face does`() throws {
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

  @Test func `the special tokens of Llama 3 are known`() throws {
    let tokenizer = try tokenizer("conformance/tokenizers/llama3")
    #expect(tokenizer.vocabularySize == 128_256)
    #expect(tokenizer.prefixTokens == [128_000])
    #expect(tokenizer.id(for: "<|eot_id|>") == 128_009)
    #expect(tokenizer.encode("Hello<|eot_id|>", addingSpecialTokens: false) == [9906, 128_009])
    #expect(tokenizer.decode([128_000, 9906, 128_009]) == "Hello")
  }

  /// Loaded once for the twenty cases below.
  private static let tokenizers: [Tokenizer?] = ["llama2", "llama3"].map { name in
    try? Tokenizer(contentsOf: TokenizerTestData.shared.appendingPathComponent("conformance/tokenizers/\(name)"))
  }

  @Test(
    .timeLimit(.minutes(Sanitizer.minute)), arguments: [0, 1],
    ["^", "a", " ", "\n", " \n", "7", "日本", "<|eot_id|>", "\u{300}", "\0"])
  func `a million characters without a word take no time and come back`(index: Int, part: String) throws {
    let tokenizer = try #require(Self.tokenizers[index])
    let text = String(repeating: part, count: 1_000_000 / part.unicodeScalars.count)
    let ids = tokenizer.encode(text, addingSpecialTokens: false)
    #expect(Array(tokenizer.decode(ids, skippingSpecialTokens: false).utf8) == Array(text.utf8))
  }
}

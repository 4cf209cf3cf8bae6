import Foundation
import TestSupport
import LlamaCore
import Testing

/// Small tokenizers and odd texts, with the ids and decoded texts of the Hugging Face library.
@Suite struct TokenizerGoldenTests {
  static let goldens = TokenizerTestData.goldens

  @Test func `all the small tokenizers are there`() { #expect(Self.goldens.count == 31) }

  @Test(arguments: goldens)
  func `ids and decoded texts are those of Hugging Face`(golden: TokenizerTestData.Golden) throws {
    let tokenizer = try golden.tokenizer()
    let cases = try golden.cases()
    #expect(cases.count == 20)
    for (text, ids, decoded) in cases {
      #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
      #expect(Array(tokenizer.decode(ids).utf8) == Array(decoded.utf8))
    }
  }

  @Test func `the tokenizers with added tokens of white space are there`() {
    #expect(TokenizerTestData.whiteSpace.count == 16)
  }

  @Test(arguments: TokenizerTestData.whiteSpace)
  func `added tokens in white space that another one strips have the ids of Hugging Face`(
    golden: TokenizerTestData.Golden
  ) throws {
    let tokenizer = try golden.tokenizer()
    let cases = try golden.cases()
    #expect(cases.count == 60)
    for (text, ids, decoded) in cases {
      #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
      #expect(Array(tokenizer.decode(ids).utf8) == Array(decoded.utf8))
      // However much of the text has been looked at, the first tokens are the same.
      for (window, length) in zip(1...text.utf8.count, 0...) {
        let found = try tokenizer.encode(text, maximumTokens: length, window: window).tokens
        #expect(found == Array(ids.prefix(length)), "\(text.debugDescription), \(length)")
      }
    }
  }

  @Test(.timeLimit(.minutes(Hang.minutes)), arguments: goldens)
  func `a long text of one repeated part has the ids of Hugging Face`(golden: TokenizerTestData.Golden) throws {
    let tokenizer = try golden.tokenizer()
    for element in try #require(golden.contents["long"]?.array) {
      let parts = try #require(element.array)
      let part = try #require(parts[0].string)
      let ids = tokenizer.encode(String(repeating: part, count: 20_000))
      #expect(ids.count == parts[1].integer, "\(part.debugDescription)")
      let checksum = ids.enumerated().reduce(0) { $0 + ($1.offset % 1000 + 1) * Int($1.element) }
      #expect(checksum == parts[2].integer, "\(part.debugDescription)")
    }
  }

  @Test(arguments: goldens)
  func `every token is found by its id and by its text`(golden: TokenizerTestData.Golden) throws {
    let tokenizer = try golden.tokenizer()
    let model = try #require(golden.contents["tokenizer"]?["model"]?["vocab"]?.object)
    var highest = 0
    for (token, id) in model {
      let id = try #require(id.integer)
      highest = max(highest, id)
      #expect(tokenizer.id(for: token) == TokenID(id))
      #expect(tokenizer.token(for: TokenID(id)) == token)
    }
    for token in try #require(golden.contents["tokenizer"]?["added_tokens"]?.array) {
      let id = try #require(token["id"]?.integer)
      highest = max(highest, id)
      #expect(tokenizer.id(for: try #require(token["content"]?.string)) == TokenID(id))
    }
    #expect(tokenizer.vocabularySize == highest + 1)
    #expect(tokenizer.token(for: TokenID(highest + 1)) == nil)
    #expect(tokenizer.token(for: -1) == nil)
    #expect(tokenizer.id(for: "no such token") == nil)
  }

  @Test func `special tokens are added where asked for`() throws {
    let golden = try #require(Self.goldens.first { $0.name == "gpt2" })
    let tokenizer = try golden.tokenizer()
    let begin = try #require(tokenizer.id(for: "<|begin|>"))
    let end = try #require(tokenizer.id(for: "<|end|>"))
    #expect(tokenizer.prefixTokens == [begin])
    #expect(tokenizer.suffixTokens == [end])
    let bare = tokenizer.encode("the block", addingSpecialTokens: false)
    #expect(tokenizer.encode("the block") == [begin] + bare + [end])
    #expect(tokenizer.decode([begin] + bare + [end]) == "the block")
    #expect(tokenizer.decode([begin] + bare + [end], skippingSpecialTokens: false) == "<|begin|>the block<|end|>")
  }

  @Test func `one tokenizer serves many threads`() async throws {
    let golden = try #require(Self.goldens.first { $0.name == "llama2" })
    let tokenizer = try golden.tokenizer()
    let texts = (0..<200).map { "residual \($0) stream " + String(repeating: "block \($0) ", count: $0) }
    let expected = texts.map { tokenizer.encode($0) }
    await withTaskGroup(of: [[TokenID]].self) { group in
      for _ in 0..<4 { group.addTask { texts.map { tokenizer.encode($0) } } }
      for await ids in group { #expect(ids == expected) }
    }
  }
}

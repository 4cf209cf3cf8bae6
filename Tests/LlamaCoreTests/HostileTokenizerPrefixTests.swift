import Foundation
import LlamaCore
import TestSupport
import Testing

/// The first tokens of a text: exactly those of the whole text, and nothing of the work for the rest.
@Suite struct HostileTokenizerPrefixTests {
  private static let vocabularies = TokenizerTestData.vocabularies
  /// Loaded once for all that is tested with them.
  private static let tokenizers = vocabularies.map { try? $0.tokenizer() }

  private static func lengths(_ count: Int) -> [Int] {
    var lengths = Array(0...12) + [count - 1, count, count + 1, .max]
    var length = 16
    while length < count {
      lengths.append(length)
      length += length / 3
    }
    return lengths.filter { $0 >= 0 }
  }

  private func check(
    _ text: String, _ tokenizer: Tokenizer, windows: [Int], special: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let ids = tokenizer.encode(text, addingSpecialTokens: special)
    for length in Self.lengths(ids.count) {
      let expected = TokenPrefix(tokens: Array(ids.prefix(length)), isTruncated: length < ids.count)
      for window in windows {
        let found = try tokenizer.encode(text, maximumTokens: length, addingSpecialTokens: special, window: window)
        if found != expected {
          Issue.record("\(text.debugDescription), \(length), window \(window)", sourceLocation: sourceLocation)
          return
        }
      }
      #expect(try tokenizer.encode(text, maximumTokens: length, addingSpecialTokens: special) == expected)
    }
  }

  @Test(arguments: vocabularies.indices)
  func `the texts of seven domains begin with the tokens they have as a whole`(index: Int) throws {
    let tokenizer = try #require(Self.tokenizers[index])
    let texts = try Self.vocabularies[index].texts().sorted { $0.key < $1.key }.flatMap(\.value)
    #expect(texts.count >= 224)
    for (number, text) in texts.enumerated() { try check(text, tokenizer, windows: [50 + number]) }
  }

  @Test(arguments: vocabularies.indices)
  func `so do odd texts`(index: Int) throws {
    let tokenizer = try #require(Self.tokenizers[index])
    for (text, _) in try Self.vocabularies[index].cases() {
      for special in [true, false] { try check(text, tokenizer, windows: [1, 5, 19, 33, 64, 200], special: special) }
    }
  }

  private static let parts = [
    " ", "  ", "\n", "\r\n", "\t", "\u{A0}", "a", "e", "the", "'re", "'", "LL", "12345", "7", ".", "--", "▁", "日本語",
    "é", "e\u{301}", "😀", "\0", "<s>", "</s>", "<|eot_id|>", "<|begin|>", "<|end|>", "<|", "[LEFT]", "[RIGHT]", "WORD",
    "residual", "block", "_", "İ", "ſ",
  ]

  /// Texts in which some parts come often, so that there are runs of white space, of letters, of tokens.
  private func text(_ generator: inout FixedGenerator) -> String {
    let few = (0..<4).map { _ in Self.parts[Int.random(in: 0..<Self.parts.count, using: &generator)] }
    return (0..<Int.random(in: 1...80, using: &generator)).map { _ in
      Int.random(in: 0..<4, using: &generator) > 0
        ? few[Int.random(in: 0..<4, using: &generator)]
        : Self.parts[Int.random(in: 0..<Self.parts.count, using: &generator)]
    }.joined()
  }

  private func checkRandomTexts(_ tokenizer: Tokenizer, count: Int, seed: UInt64) throws {
    var generator = FixedGenerator(seed: seed)
    for _ in 0..<count {
      let text = text(&generator)
      let windows = (0..<4).map { _ in Int.random(in: 1...max(1, text.utf8.count), using: &generator) }
      try check(text, tokenizer, windows: windows)
    }
  }

  @Test(arguments: vocabularies.indices)
  func `so do random texts`(index: Int) throws {
    try checkRandomTexts(try #require(Self.tokenizers[index]), count: 400, seed: 7)
  }

  @Test(arguments: TokenizerTestData.goldens.indices)
  func `so do random texts with every kind of normalizer, split and added token`(index: Int) throws {
    try checkRandomTexts(try TokenizerTestData.goldens[index].tokenizer(), count: 300, seed: UInt64(index))
  }

  @Test(arguments: [
    #"{"type": "Replace", "pattern": {"String": "aab"}, "content": ""}"#,
    #"{"type": "Strip", "strip_left": true, "strip_right": true}"#,
    #"{"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"String": "ab"}, "content": "x  "}, {"type": "Strip", "strip_left": false, "strip_right": true}, {"type": "Prepend", "prepend": "b"}, {"type": "Lowercase"}]}"#,
    #"{"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"String": "aab"}, "content": ""}, {"type": "Prepend", "prepend": "aa"}, {"type": "Replace", "pattern": {"String": "aaa"}, "content": "b"}]}"#,
  ])
  func `what a normalizer may yet change is not taken for granted`(normalizer: String) throws {
    let json = """
      {"normalizer": \(normalizer), "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, " ": 3, "aa": 4, "x": 5},
      "merges": ["a b", "a a"]}}
      """
    let tokenizer = try Tokenizer(json: Array(json.utf8), name: "t.json")
    var generator = FixedGenerator(seed: 3)
    for _ in 0..<300 {
      let letters = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
        ["a", "a", "b", " ", "B"][Int.random(in: 0..<5, using: &generator)]
      }
      try check(letters.joined(), tokenizer, windows: [1, 3, 7, 20, 40])
    }
  }

  @Test(.timeLimit(.minutes(Hang.minutes)), arguments: vocabularies.indices)
  func `the first tokens of a long text take the time of a short one`(index: Int) throws {
    let tokenizer = try #require(Self.tokenizers[index])
    let text = String(repeating: "The bond yields 4.75%. ", count: 4_000_000)
    let start = String(text.prefix(10_000))
    #expect(try tokenizer.encode(start, maximumTokens: 500).tokens == tokenizer.encode(text, maximumTokens: 500).tokens)
    let clock = ContinuousClock()
    let begin = clock.now
    for length in 1...500 {
      let found = try tokenizer.encode(text, maximumTokens: length)
      #expect(found.tokens.count == length)
    }
    let time = clock.now - begin
    // Going through the text once takes a second.
    #expect(time < .seconds(20), "\(time)")
  }

  @Test(arguments: vocabularies.indices)
  func `a stretch that nothing divides is merged up to a limit and refused above it`(index: Int) throws {
    let tokenizer = try #require(Self.tokenizers[index])
    let word = String(repeating: "a", count: Tokenizer.maximumSegmentBytes - 100)
    let ids = try tokenizer.encode(word, maximumTokens: 10)
    #expect(ids.isTruncated)
    #expect(ids.tokens == Array(tokenizer.encode(word).prefix(10)))
    for text in [word + word, "Hello, world. " + word + word + " end"] {
      let error = #expect(throws: TokenizerError.self) { try tokenizer.encode(text, maximumTokens: 100) }
      #expect(
        error?.description.contains("expected a place to split every 1048576 bytes, found none after \"") == true)
      #expect(error?.description.contains("\n") == false)
    }
    // What comes before it needs no answer to it.
    let start = "Hello, world. How are you?"
    let prefix = try tokenizer.encode(start + word + word, maximumTokens: 4)
    #expect(prefix == TokenPrefix(tokens: Array(tokenizer.encode(start).prefix(4)), isTruncated: true))
  }
}

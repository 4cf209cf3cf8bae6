import Foundations
import LlamaCore

extension FuzzTarget {
  /// `tokenizer.json`; one that is read encodes a text and decodes its ids.
  static let tokenizer = FuzzTarget(
    "tokenizer", cases: 16_000, format: .json,
    seeds: tokenizerFiles.map(\.json) + [Fixtures.bytes("tiny-llama/tokenizer.json")], errors: [TokenizerError.self]
  ) { bytes, _ in
    let tokenizer = try Tokenizer(json: bytes, name: "tokenizer.json")
    try check(tokenizer, "  The résidual 12345 WORD [LEFT] ▁▁ \u{0}\r\n <|begin|> <s>日本 'll \u{301} aaaaaaaaaaaaaa")
  }

  /// Any text through tokenizers of every kind. The first byte chooses one; the rest are the text, repaired where it is
  /// not UTF-8, and then ids.
  static let tokenizerText = FuzzTarget(
    "tokenizer-text", cases: 8_000, format: .text,
    seeds: [
      "  The résidual, it's 12345 WORDS'LL\n\n\r\n\tfit [LEFT] ▁▁ x", "<|begin|>a<s> <unk> </s>b ſ'ſ 한국 日本語 e\u{301}",
      "\u{1}\u{0}\u{7F}\u{80}\u{85}\u{A0}\u{2028}\u{3000}\u{FEFF}\u{FFFD}\u{10FFFF}😀👩‍👩‍👧",
      "\u{5}" + String(repeating: "ab ", count: 60), "\u{14}" + String(repeating: " ", count: 60) + "x",
    ].map { Array($0.utf8) },
    errors: []
  ) { bytes, _ in
    guard let first = bytes.first, !tokenizers.isEmpty else { return }
    let (tokenizer, isLossless) = tokenizers[Int(first) % tokenizers.count]
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    let decoded = try check(tokenizer, text)
    if isLossless, !decoded.utf8.elementsEqual(text.utf8) {
      throw Finding("\(text.debugDescription) comes back as \(decoded.debugDescription)")
    }
    _ = tokenizer.decode(bytes.map { TokenID($0) * 3 - 2 }, skippingSpecialTokens: false)
    _ = tokenizer.id(for: text)
  }

  /// Encodes, decodes and returns what comes back.
  @discardableResult
  private static func check(_ tokenizer: Tokenizer, _ text: String) throws(Finding) -> String {
    let ids = tokenizer.encode(text)
    for id in ids {
      guard id >= 0, Int(id) < tokenizer.vocabularySize, tokenizer.token(for: id) != nil else {
        throw Finding("\(text.debugDescription) has the id \(id), which no token has")
      }
    }
    _ = tokenizer.decode(ids + [-1, .max, .min])
    return tokenizer.decode(tokenizer.encode(text, addingSpecialTokens: false), skippingSpecialTokens: false)
  }

  /// The small tokenizers of the fixtures, by name.
  private static let tokenizerFiles: [(name: String, json: [UInt8])] = {
    let goldens = try? JSONValue(parsing: Fixtures.bytes("tokenizers/goldens.json").span)
    return (goldens?.object ?? [:]).sorted { $0.key < $1.key }.compactMap { name, golden in
      golden["tokenizer"].map { (name, Array($0.text().utf8)) }
    }
  }()

  /// Byte-level, nothing normalized, nothing added, every byte in the vocabulary: every text comes back as it was.
  private static let lossless: Set = [
    "gpt2, as Split", "gpt4", "llama3, single digits", "numbers first", "smollm",
  ]

  private static let tokenizers = tokenizerFiles.compactMap { name, json in
    (try? Tokenizer(json: json, name: name)).map { (tokenizer: $0, isLossless: lossless.contains(name)) }
  }
}

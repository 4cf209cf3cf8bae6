import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Ids of which many are bytes, specials and strangers, from a generator of our own: the same in every run.
private struct RandomIDs {
  private var generator: SplitMix64

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  mutating func next(below bound: Int) -> Int { Int(generator.next(below: UInt64(bound))) }

  mutating func list(_ vocabulary: Int) -> [TokenID] {
    let low = next(below: 3) == 0
    return (0..<next(below: 40)).map { _ in
      switch next(below: 20) {
      case 0: TokenID(vocabulary + next(below: 5))
      case 1: -1
      case 2...11: TokenID(next(below: min(vocabulary, 300)))
      default: TokenID(next(below: low ? min(vocabulary, 300) : vocabulary))
      }
    }
  }
}

@Suite struct IncrementalDecoderTests {
  private func pieces(_ ids: [TokenID], _ tokenizer: Tokenizer, skipping: Bool = true) -> [String] {
    var decoder = IncrementalDecoder(tokenizer, skippingSpecialTokens: skipping)
    return ids.map { decoder.append($0) } + [decoder.finish()]
  }

  private func check(_ tokenizer: Tokenizer, _ name: String, lists: Int = 300) {
    var random = RandomIDs(seed: 7)
    for number in 0..<lists {
      let ids = random.list(tokenizer.vocabularySize)
      let skipping = number % 2 == 0
      let joined = pieces(ids, tokenizer, skipping: skipping).joined()
      let whole = tokenizer.decode(ids, skippingSpecialTokens: skipping)
      // Bytes, since Swift takes strings that look alike for equal.
      #expect(Array(joined.utf8) == Array(whole.utf8), "\(name): \(ids)")
    }
  }

  @Test(arguments: TokenizerTestData.goldens)
  func `pieces of random ids join to the whole text`(golden: TokenizerTestData.Golden) throws {
    check(try golden.tokenizer(), golden.name)
  }

  @Test(arguments: TokenizerTestData.vocabularies)
  func `pieces of random ids of whole vocabularies join to the whole text`(
    vocabulary: TokenizerTestData.Vocabulary
  ) throws {
    check(try vocabulary.tokenizer(), vocabulary.name, lists: 2000)
  }

  @Test(arguments: [
    #"{"type": "Sequence", "decoders": []}"#, #"{"type": "Fuse"}"#,
    #"{"type": "Strip", "content": "a", "start": 1, "stop": 2}"#,
    #"{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}"#,
    // Steps on the text that a fuse has made, with patterns that tokens meet in.
    #"{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Replace", "pattern": {"String": "▁a"}, "content": "é"}, {"type": "Strip", "content": "é", "start": 2, "stop": 2}]}"#,
    #"{"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Replace", "pattern": {"String": "aa"}, "content": ""}, {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "Strip", "content": " ", "start": 3, "stop": 1}]}"#,
    // Orders that only the end can decide.
    #"{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "ByteFallback"}]}"#,
    #"{"type": "Sequence", "decoders": [{"type": "ByteLevel"}, {"type": "ByteLevel"}, {"type": "Fuse"}]}"#,
    #"{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true}]}"#,
  ])
  func `decoders that no published model has give the whole text too`(decoder: String) throws {
    for name in ["llama2", "gpt2"] {
      let golden = try #require(TokenizerTestData.goldens.first { $0.name == name })
      var members = try #require(golden.contents["tokenizer"]?.object)
      members["decoder"] = try JSONValue(parsing: Array(decoder.utf8).span)
      check(try Tokenizer(json: JSONValue.object(members).serialized, name: name), "\(name), \(decoder)")
    }
  }

  private static let sample = "Grüße, 日本語! 👩‍👩‍👧 naïve 🙂🙂 ok"

  @Test(arguments: TokenizerTestData.vocabularies)
  func `no piece holds a broken character, and text comes as soon as it is settled`(
    vocabulary: TokenizerTestData.Vocabulary
  ) throws {
    let tokenizer = try vocabulary.tokenizer()
    let ids = tokenizer.encode(Self.sample)
    let pieces = pieces(ids, tokenizer)
    #expect(pieces.joined() == Self.sample)
    #expect(pieces.allSatisfy { !$0.unicodeScalars.contains("\u{FFFD}") })
    #expect(pieces.filter { !$0.isEmpty }.count > 10)
    // Plain words are not held back at all.
    let words = tokenizer.encode("one two three")
    #expect(self.pieces(words, tokenizer).dropLast().joined() == "one two three")
    // A sequence that stays unfinished shows at the end.
    let cut = Array(tokenizer.encode("a 🦙").dropLast())
    #expect(self.pieces(cut, tokenizer).joined() == tokenizer.decode(cut))
  }

  @Test func `a decoder begins anew when it has finished`() throws {
    let tokenizer = try Tokenizer(contentsOf: Repository.fixtures.appending(path: "tiny-llama"))
    var decoder = IncrementalDecoder(tokenizer)
    for _ in 0..<2 {
      let ids = tokenizer.encode("é x")
      #expect(ids.map { decoder.append($0) }.joined() + decoder.finish() == "é x")
    }
  }
}

@Suite struct StopStringsTests {
  @Test func `the text before the first stop string is shown, however it is cut into pieces`() {
    var random = RandomIDs(seed: 3)
    func text(_ count: Int) -> String { (0..<count).map { _ in ["a", "b", "é"][random.next(below: 3)] }.joined() }
    for _ in 0..<3000 {
      let whole = text(random.next(below: 30))
      let stops = (0...random.next(below: 3)).map { _ in text(1 + random.next(below: 5)) }
      var matcher = StopStrings(stops)
      var shown = ""
      var rest = whole[...]
      while !rest.isEmpty {
        let piece = rest.prefix(1 + random.next(below: 4))
        rest = rest.dropFirst(piece.count)
        shown += matcher.append(String(piece))
        #expect(whole.hasPrefix(shown))
      }
      shown += matcher.finish()
      // The stop string that is complete first; of those complete at once the longest.
      let ends = whole.indices.map { whole[...$0] }
      let first = ends.lazy.compactMap { prefix in
        stops.filter { prefix.hasSuffix($0) }.max { $0.count < $1.count }.map { prefix.dropLast($0.count) }
      }.first
      #expect(matcher.isFound == (first != nil))
      #expect(shown == first.map(String.init) ?? whole, "\(whole), \(stops)")
    }
  }

  @Test func `only what could be the beginning of a stop string is held back`() {
    var matcher = StopStrings(["\n\nUser:", ""])
    #expect(matcher.append("Hello.\n") == "Hello.")
    #expect(matcher.append("\nUs") == "")
    #expect(matcher.append("e it") == "\n\nUse it")
    #expect(matcher.append("\n\n") == "")
    #expect(matcher.finish() == "\n\n")
    #expect(!matcher.isFound)
    var nothing = StopStrings([])
    #expect(nothing.append("a") == "a")
    #expect(nothing.finish() == "")
  }
}

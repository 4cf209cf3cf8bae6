import LlamaCore
import TestSupport
import Testing

/// Damaged files, at random but with a fixed seed: refused in one line, or loaded into something that still works.
@Suite struct TokenizerMutationTests {
  private static let words = [
    "null", "true", "-1", "0", "1", "2097151", "2097152", "1e400", "0.5", "{}", "[]", "\"\"", "\"▁\"", "\"<0xC3>\"",
    "\"\\u0000\"", "\"\\ud800\"", "\"ByteLevel\"", "\"Metaspace\"", "\"first\"", "\"Sequence\"", ",", "}", "]", "\"",
  ]

  private func mutate(_ json: [UInt8], _ generator: inout FixedGenerator) -> [UInt8] {
    var json = json
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let place = Int.random(in: 0..<json.count, using: &generator)
      let end = min(place + Int.random(in: 1...20, using: &generator), json.count)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: json[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: json.removeSubrange(place..<end)
      case 2: json.insert(contentsOf: Array(json[place..<end]), at: place)
      case 3: json.removeSubrange(place...)
      default:
        // A whole value becomes another one, so that the file is still JSON.
        guard let colon = json[place...].firstIndex(of: UInt8(ascii: ":")) else { continue }
        let rest = json[(colon + 1)...]
        let stop = rest.firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? json.count
        let word = Self.words[Int.random(in: 0..<Self.words.count, using: &generator)]
        json.replaceSubrange((colon + 1)..<stop, with: Array(word.utf8))
      }
      if json.isEmpty { break }
    }
    return json
  }

  @Test(.timeLimit(.minutes(Hang.minutes)), arguments: TokenizerTestData.goldens.indices)
  func `no damaged file traps`(index: Int) throws {
    let golden = TokenizerTestData.goldens[index]
    let json = try #require(golden.contents["tokenizer"]).serialized
    let text = "  The résidual 12345 WORD [LEFT] ▁▁ \u{0}\r\n <|begin|> <s>日本 " + String(repeating: "a", count: 50)
    var generator = FixedGenerator(seed: UInt64(index) + 2024)
    var refused = 0
    for _ in 0..<1000 {
      do {
        let tokenizer = try Tokenizer(json: mutate(json, &generator), name: golden.name)
        let ids = tokenizer.encode(text)
        #expect(ids.allSatisfy { tokenizer.token(for: $0) != nil })
        _ = tokenizer.decode(ids + [-1, .max])
      } catch {
        refused += 1
        #expect(!error.description.contains("\n"))
      }
    }
    #expect((100..<1000).contains(refused), "damage that is always, or never, noticed tests little")
  }
}

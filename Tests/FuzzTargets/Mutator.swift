import Foundations
import Profiler

/// Makes a damaged document of valid ones. The same seed and number give the same bytes everywhere.
package struct Mutator {
  /// How a document is built, so that some of its damage leaves the rest readable.
  package enum Format: Sendable {
    case text
    case json
    /// Eight bytes of length, so much JSON, data.
    case safetensors
  }

  /// The longest document: long enough to tell a quadratic parser from a linear one, and for every seed.
  private let limit: Int
  let format: Format
  private let seeds: [[UInt8]]
  var random: SplitMix64

  package init(seeds: [[UInt8]], format: Format, seed: UInt64, number: Int) {
    self.seeds = seeds
    self.format = format
    limit = max(1 << 16, 2 * (seeds.map(\.count).max() ?? 0))
    // A stream of its own for each case: any can be made again without those before it.
    var start = SplitMix64(seed: seed)
    random = SplitMix64(seed: start.next() &+ UInt64(truncatingIfNeeded: number))
    _ = random.next()
  }

  /// The damaged document.
  package mutating func next() -> [UInt8] {
    let seed = anySeed()
    if format == .safetensors { return safetensors(seed) }
    return damaged(seed, json: format == .json)
  }

  /// A document with one to eight changes, one being as likely as all others together.
  private mutating func damaged(_ document: [UInt8], json: Bool) -> [UInt8] {
    var bytes = document
    var changes = 1
    while changes < 8, chance(2) { changes += 1 }
    for _ in 0..<changes {
      if json, chance(2) { changeValue(&bytes) } else { change(&bytes) }
      if bytes.count > limit { bytes.removeSubrange(limit...) }
    }
    return bytes
  }

  /// Damages the header, and in half of the cases the length before it is made to fit, so that the header is read.
  private mutating func safetensors(_ document: [UInt8]) -> [UInt8] {
    if chance(8) { return damaged(document, json: false) }
    let length = document.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let headerEnd = min(8 + length, document.count)
    let header = damaged(Array(document[min(8, document.count)..<headerEnd]), json: true)
    let claimed: UInt64
    if chance(2) {
      claimed = UInt64(header.count)
    } else {
      let interesting: [UInt64] = [0, 1, 99_999_999, 100_000_000, 100_000_001, 1 << 31, 1 << 32, 1 << 63, .max]
      claimed = chance(2) ? interesting[below(interesting.count)] : UInt64(below(2 * header.count + 2))
    }
    var data = document[headerEnd...]
    if chance(8) { data = data.prefix(below(data.count + 1)) }
    return (0..<8).map { UInt8(truncatingIfNeeded: claimed >> (8 * $0)) } + header + data
  }

  /// Changes some bytes, whatever they mean.
  private mutating func change(_ bytes: inout [UInt8]) {
    let place = below(bytes.count + 1)
    let end = min(place + 1 + below(chance(4) ? 256 : 16), bytes.count)
    switch below(10) {
    case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8(below(8)) }
    case 1: if place < bytes.count { bytes[place] = UInt8(below(256)) }
    case 2, 3: bytes.insert(contentsOf: word(), at: place)
    case 4: bytes.replaceSubrange(place..<end, with: word())
    case 5: bytes.removeSubrange(place..<end)
    case 6: repeatRange(place..<end, in: &bytes)
    case 7: bytes.removeSubrange(place...)
    case 8:
      let other = anySeed()
      bytes.replaceSubrange(place..., with: other[below(other.count + 1)...])
    default: changeNumber(&bytes, from: place)
    }
  }

  /// Repeats a part once, or now and then until the document is as long as any may be.
  private mutating func repeatRange(_ range: Range<Int>, in bytes: inout [UInt8]) {
    if range.isEmpty { return }
    let part = Array(bytes[range])
    var copies = 1
    if chance(16) { copies = below(max(1, (limit - bytes.count) / part.count) + 1) }
    bytes.insert(contentsOf: repeatElement(part, count: copies).joined(), at: range.lowerBound)
  }

  /// Puts another number in the place of the first run of digits from `start` on.
  private mutating func changeNumber(_ bytes: inout [UInt8], from start: Int) {
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let first = bytes[start...].firstIndex(where: isDigit) else { return }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(first..<end, with: Self.numbers[below(Self.numbers.count)])
  }

  mutating func anySeed() -> [UInt8] { seeds.isEmpty ? [] : seeds[below(seeds.count)] }

  mutating func below(_ bound: Int) -> Int { Int(random.next(below: UInt64(bound))) }

  /// True once in `count` times.
  mutating func chance(_ count: Int) -> Bool { below(count) == 0 }

  private mutating func word() -> [UInt8] {
    if chance(64) {
      // Deeper than any parser may follow.
      let opening: [[UInt8]] = [[UInt8(ascii: "[")], Array("{\"a\":".utf8), Array("[{\"type\":".utf8)]
      return Array(repeatElement(opening[below(opening.count)], count: 1 << below(14)).joined())
    }
    return chance(3) ? Self.numbers[below(Self.numbers.count)] : Self.words[below(Self.words.count)]
  }
}

import Foundations
import LlamaCore

/// Near-copies among the texts of a corpus: texts whose sets of shingles, runs of five tokens, have a Jaccard index of
/// 0.8 or more, `|A ∩ B| / |A ∪ B|` (Broder 1997). A text of fewer tokens is one shingle.
///
/// Candidates come from MinHash with locality-sensitive hashing (Leskovec, Rajaraman & Ullman, *Mining of Massive
/// Datasets*, chapter 3): texts whose four smallest hashes agree in one of 25 bands, of which a pair with an index of
/// 0.8 is one with a probability of 1 - 2e-6; each is then checked exactly. Memory is 150 bytes per text, however long
/// texts are, and the shingles of at most 17 texts. A text is checked against at most 16 texts of a band, the first
/// ones, so that time is bounded too.
package struct NearCopies: Sendable {
  /// Two texts, as places in the order of the run.
  package struct Pair: Sendable, Hashable {
    package let text: Int
    /// The earlier one.
    package let other: Int

    package init(text: Int, other: Int) { (self.text, self.other) = (text, other) }
  }

  /// Number of tokens of a shingle.
  package static let shingle = 5
  /// Least Jaccard index of near-copies, as a fraction.
  package static let least = (numerator: 4, denominator: 5)
  static let bands = 25
  static let rows = 4
  static let checks = 16

  /// Pairs that connect all texts found to be near-copies of each other, fewer than there are texts; in the order of the
  /// later text.
  package let pairs: [Pair]

  /// Finds the near-copies of a corpus, also across domains. The result depends on the texts only.
  package init(of corpus: TokenizedCorpus) {
    self.init(of: corpus.domains.flatMap { $0.texts.map(\.tokens) })
  }

  /// - Parameter texts: token ids of the texts, none empty.
  package init(of texts: [[TokenID]]) {
    var sets = DisjointSets(texts.count)
    var pairs: [Pair] = []
    let functions = Functions()
    let keys = texts.flatMap { Self.keys($0, functions) }
    for band in 0..<Self.bands {
      func key(_ text: Int) -> UInt32 { keys[text * Self.bands + band] }
      let order = texts.indices.sorted { (key($0), $0) < (key($1), $1) }
      var start = 0
      while start < order.count {
        var end = start + 1
        while end < order.count, key(order[end]) == key(order[start]) { end += 1 }
        if end - start > 1 { Self.check(order[start..<end], texts, &sets, &pairs) }
        start = end
      }
    }
    self.pairs = pairs.sorted { ($0.text, $0.other) < ($1.text, $1.other) }
  }

  /// Joins the near-copies among texts of one key, in ascending order.
  private static func check(
    _ bucket: ArraySlice<Int>, _ texts: [[TokenID]], _ sets: inout DisjointSets, _ pairs: inout [Pair]
  ) {
    let first = Array(bucket.prefix(checks))
    var known = [Int: [UInt64]]()
    func shingles(_ text: Int, isKept: Bool) -> [UInt64] {
      if let found = known[text] { return found }
      let found = Self.shingles(texts[text])
      if isKept { known[text] = found }
      return found
    }
    for (place, text) in bucket.enumerated() {
      var own: [UInt64]?
      for other in first.prefix(place) where sets.root(of: text) != sets.root(of: other) {
        if texts[text] != texts[other] {
          let ownShingles = own ?? shingles(text, isKept: place < checks)
          own = ownShingles
          guard areNear(ownShingles, shingles(other, isKept: true)) else { continue }
        }
        sets.join(text, other)
        pairs.append(Pair(text: text, other: other))
      }
    }
  }

  /// True if two ascending lists of distinct shingles have a Jaccard index of ``least`` or more.
  static func areNear(_ a: [UInt64], _ b: [UInt64]) -> Bool {
    // The index is at most that of the sizes.
    guard least.denominator * min(a.count, b.count) >= least.numerator * max(a.count, b.count) else { return false }
    var (common, left, right) = (0, 0, 0)
    while left < a.count, right < b.count {
      if a[left] == b[right] {
        common += 1
        left += 1
        right += 1
      } else if a[left] < b[right] {
        left += 1
      } else {
        right += 1
      }
    }
    return least.denominator * common >= least.numerator * (a.count + b.count - common)
  }

  /// Returns the distinct shingles of a text as hashes, ascending.
  static func shingles(_ tokens: [TokenID]) -> [UInt64] {
    var found: [UInt64] = []
    found.reserveCapacity(tokens.count)
    forEachShingle(tokens) { found.append($0) }
    found.sort()
    var distinct: [UInt64] = []
    distinct.reserveCapacity(found.count)
    for hash in found where hash != distinct.last { distinct.append(hash) }
    return distinct
  }

  /// Hash functions of the bands, always the same: an odd factor and a start, which make another order of hashes.
  private struct Functions {
    let odd: [SIMD4<UInt32>], start: [SIMD4<UInt32>]

    init() {
      var generator = SplitMix64(seed: 5)
      func next() -> SIMD4<UInt32> {
        SIMD4((0..<rows).map { _ in UInt32(truncatingIfNeeded: generator.next() >> 32) })
      }
      odd = (0..<bands).map { _ in next() | SIMD4(repeating: 1) }
      start = (0..<bands).map { _ in next() }
    }
  }

  /// Returns for each band one hash of the smallest hashes of a text's shingles.
  private static func keys(_ tokens: [TokenID], _ functions: Functions) -> [UInt32] {
    var least = [SIMD4<UInt32>](repeating: SIMD4(repeating: .max), count: bands)
    var last: UInt64?
    forEachShingle(tokens) { hash in
      // Long runs of one token are common.
      guard hash != last else { return }
      last = hash
      let item = SIMD4(repeating: UInt32(truncatingIfNeeded: hash >> 32))
      for band in 0..<bands {
        let next = (item ^ functions.start[band]) &* functions.odd[band]
        least[band] = least[band].replacing(with: next, where: next .< least[band])
      }
    }
    return least.map { least in
      UInt32(truncatingIfNeeded: (0..<rows).reduce(UInt64(0)) { mix($0 ^ UInt64(least[$1])) })
    }
  }

  @inline(__always)
  private static func forEachShingle(_ tokens: [TokenID], _ body: (UInt64) -> Void) {
    func hash(_ range: Range<Int>) -> UInt64 {
      mix(
        range.reduce(UInt64(range.count)) { hash, place in
          hash &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(UInt32(bitPattern: tokens[place])) &+ 1
        })
    }
    guard tokens.count > shingle else { return body(hash(0..<tokens.count)) }
    for start in 0...tokens.count - shingle { body(hash(start..<start + shingle)) }
  }

  /// Returns a number all of whose bits depend on all of the given one: the output function of SplitMix64.
  @inline(__always)
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

import Foundations
import LlamaCore
import Profiler
import Testing

@Suite struct NearCopyTests {
  private func corpus(_ domains: [[[TokenID]]]) -> TokenizedCorpus {
    TokenizedCorpus(
      domains: domains.enumerated().map { place, texts in
        .init(name: "\(place)", texts: texts.enumerated().map { .init(index: $0, tokens: $1) })
      })
  }

  /// Returns the pairs of places that are connected.
  private func connected(_ count: Int, _ pairs: [NearCopies.Pair]) -> Set<[Int]> {
    var sets = DisjointSets(count)
    for pair in pairs { sets.join(pair.text, pair.other) }
    var found: Set<[Int]> = []
    for a in 0..<count { for b in 0..<a where sets.root(of: a) == sets.root(of: b) { found.insert([b, a]) } }
    return found
  }

  /// The definition: five consecutive tokens, as sets of lists.
  private func isNear(_ a: [TokenID], _ b: [TokenID]) -> Bool {
    func shingles(_ tokens: [TokenID]) -> Set<[TokenID]> {
      tokens.count <= 5 ? [tokens] : Set((0...tokens.count - 5).map { Array(tokens[$0..<$0 + 5]) })
    }
    let (a, b) = (shingles(a), shingles(b))
    return 5 * a.intersection(b).count >= 4 * a.union(b).count
  }

  @Test func `pairs are those of the definition, whatever is changed in a text`() {
    var generator = SplitMix64(seed: 8)
    func next(_ bound: Int) -> Int { Int(generator.next(below: UInt64(bound))) }
    for _ in 0..<20 {
      var texts = (0..<12).map { _ in (0..<40 + next(200)).map { _ in TokenID(next(500)) } }
      for text in 0..<12 {
        var changed = texts[text]
        for _ in 0..<1 + next(8) { changed[next(changed.count)] = TokenID(next(500)) }
        texts.append(changed)
      }
      var sets = DisjointSets(texts.count)
      for a in texts.indices { for b in 0..<a where isNear(texts[a], texts[b]) { sets.join(a, b) } }
      let expected = Set(
        texts.indices.flatMap { a in (0..<a).filter { sets.root(of: a) == sets.root(of: $0) }.map { [$0, a] } })
      #expect(!expected.isEmpty && expected.count < 12 * 23)
      #expect(connected(texts.count, NearCopies(of: texts).pairs) == expected)
    }
  }

  @Test func `an index of four fifths is enough, and less is not`() {
    // Of 36 shingles each, 32 in common are 0.8 of 40, and 31 are 0.76 of 41.
    let text = (0..<40).map { TokenID($0) }
    let near = Array(text.dropLast(4)) + [90, 91, 92, 93]
    let far = Array(text.dropLast(5)) + [90, 91, 92, 93, 94]
    #expect(NearCopies(of: [text, near]).pairs == [NearCopies.Pair(text: 1, other: 0)])
    #expect(NearCopies(of: [text, far]).pairs.isEmpty)
  }

  @Test func `texts of fewer than five tokens are near only if they are equal`() {
    let texts: [[TokenID]] = [[1, 2], [1, 2, 3], [1, 2], [1], [1, 2, 3, 4], [1, 2, 3, 4, 5]]
    #expect(NearCopies(of: texts).pairs == [NearCopies.Pair(text: 2, other: 0)])
  }

  @Test func `copies are found across domains, and chains of near-copies connect`() {
    let text = (0..<60).map { TokenID($0) }
    // Each differs from the one before it in a token more: 51 of 61 shingles in common, and 46 of 66 after two steps.
    let chain = (0..<3).map { step -> [TokenID] in
      var changed = text
      for place in 0..<step { changed[5 + 10 * place] = TokenID(1_000 + place) }
      return changed
    }
    #expect(!isNear(chain[0], chain[2]))
    let found = NearCopies(of: corpus([[chain[0], [7, 7, 7]], [chain[1], chain[2]], [[7, 7, 7]]]))
    #expect(connected(5, found.pairs) == [[0, 2], [0, 3], [2, 3], [1, 4]])
  }

  @Test func `many copies of one text take a pair each`() {
    let texts = Array(repeating: (0..<30).map { TokenID($0) }, count: 200)
    let pairs = NearCopies(of: texts).pairs
    #expect(pairs.count == 199)
    #expect(pairs.map(\.text) == Array(1..<200))
  }

  @Test func `groups join what is given, and copies`() {
    let groups = TextGroups(
      given: ["x", nil, "y", "x", nil, nil], copies: [.init(text: 1, other: 0)],
      nearCopies: [.init(text: 4, other: 2), .init(text: 3, other: 0)])
    #expect(groups.numbers == [0, 0, 1, 0, 1, 2])
    #expect(groups.count == 3)
    #expect(groups.names == [0: "x", 1: "y"])
    // Texts 0 and 3 share their given group already.
    #expect(groups.nearCopies == 1)
    #expect(groups.areShared)
    #expect(!TextGroups(given: [nil, "z"]).areShared)
    // A near-copy joins two given groups, and the name is that of the first.
    let joined = TextGroups(given: [nil, "b", "a"], nearCopies: [.init(text: 2, other: 1), .init(text: 1, other: 0)])
    #expect(joined.numbers == [0, 0, 0])
    #expect(joined.names == [0: "b"])
  }
}

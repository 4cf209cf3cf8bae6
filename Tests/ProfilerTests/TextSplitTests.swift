import LlamaCore
import Profiler
import Testing

@Suite struct TextSplitTests {
  @Test(arguments: [0, 1, 2, 3, 4, 15, 16, 17, 40], [0, 1, 8])
  func `a domain gives as many texts as asked for, half of its own at most, and holds out all others`(
    texts: Int, count: Int
  ) throws {
    let domain = try #require(TextSplit([Array(0..<texts)], count: count).domains.first)
    #expect(domain.chosen.count == min(count, texts / 2))
    #expect(domain.chosen == domain.chosen.sorted() && domain.heldOut == domain.heldOut.sorted())
    #expect((domain.chosen + domain.heldOut).sorted() == Array(0..<texts))
  }

  @Test func `copies neither choose nor judge`() throws {
    let texts = ["a", "b", "a", "c", "b", "d", "a"]
    for seed in 0..<20 as Range<UInt64> {
      let domain = try #require(TextSplit([texts], seed: seed).domains.first)
      #expect(domain.chosen.count == 2)
      #expect((domain.chosen + domain.heldOut).sorted() == [0, 1, 3, 5])
    }
    #expect(TextSplit([["a", "a", "a"]]).domains.first == TextSplit([["a"]]).domains.first)
  }

  @Test func `other domains change nothing, and the seed does`() throws {
    let (a, b) = (Array(0..<40), Array(100..<123))
    let both = TextSplit([a, b])
    // Computed from the definitions of the generator and its streams by another program.
    #expect(both.domains.first?.chosen == [6, 14, 16, 18, 23, 30, 32, 35])
    #expect(TextSplit([a], seed: 1).domains.first?.chosen == [0, 6, 7, 13, 16, 23, 26, 34])
    #expect(TextSplit([b, a]).domains == both.domains.reversed())
    #expect(TextSplit([a]).domains.first == both.domains.first)
  }

  @Test func `every text is as likely to choose as any other`() throws {
    // 2,000 draws of 2 of 5 texts: each is chosen 800 times, with a standard deviation of 22.
    var times = [0, 0, 0, 0, 0]
    for seed in 0..<2_000 as Range<UInt64> {
      for place in try #require(TextSplit([Array(0..<5)], count: 2, seed: seed).domains.first).chosen {
        times[place] += 1
      }
    }
    #expect(times.reduce(0, +) == 4_000)
    #expect(times.allSatisfy { abs($0 - 800) < 110 }, "\(times)")
  }

  @Test func `texts of a corpus with the same tokens are copies`() throws {
    func domain(_ texts: [[TokenID]]) -> TokenizedCorpus.Domain {
      .init(name: "a", texts: texts.enumerated().map { .init(index: $0, tokens: $1) })
    }
    let texts: [[TokenID]] = [[1, 2], [1, 2], [1], [3], [2, 1]]
    let corpus = TokenizedCorpus(domains: [domain(texts)])
    #expect(TextSplit(corpus, count: 3, seed: 5) == TextSplit([texts], count: 3, seed: 5))
    let found = try #require(TextSplit(corpus).domains.first)
    #expect((found.chosen + found.heldOut).sorted() == [0, 2, 3, 4])
  }
}

import Profiler
import Statistics
import Testing

@Suite struct BlockRankingTests {
  private func ranking(_ domains: [[[Double]]], resamples: Int = 20_000, seed: UInt64 = 1) throws -> BlockRanking {
    let samples = domains.enumerated().map { DomainSample(name: "\($0)", values: $1) }
    let blocks = domains.joined().first?.count ?? 0
    return try #require(BlockRanking(samples, layers: 3..<3 + blocks, resamples: resamples, seed: seed))
  }

  @Test func `blocks are ranked by the mean of the domains' means, whatever their number of texts`() throws {
    // Block 3: (0 + 3) / 2; over all texts it would be 1 and the least.
    let ranking = try ranking([[[0, 1.2], [0, 1.2]], [[3, 1.2]]])
    #expect(ranking.places.map(\.layer) == [4, 3])
    #expect(ranking.places.map(\.value) == [1.2, 1.5])
    // A single text says nothing of the spread.
    #expect(ranking.places.allSatisfy { $0.interval == nil && $0.leastShares == nil })
    #expect(ranking.sameSetShares == nil)
  }

  @Test func `the shares are those that counting gives`() throws {
    // Drawing two of {0, 2} gives a mean of 0 in a quarter of cases, of 1 in half, of 2 in a quarter.
    let ranking = try ranking([[[0, 0.9], [2, 0.9]]])
    #expect(ranking.places.map(\.layer) == [4, 3])
    let (first, second) = (ranking.places[0], ranking.places[1])
    let (one, other) = (try #require(first.leastShares), try #require(second.leastShares))
    #expect(abs(one[0] - 0.75) < 0.01)
    #expect(abs(other[0] - 0.25) < 0.01)
    #expect(one[0] + other[0] == 1)
    #expect(one[1] == 1)
    #expect(other[1] == 1)
    #expect(ranking.sameSetShares == [one[0], 1])
    #expect(second.interval == 0...2)
    #expect(first.interval == 0.9...0.9)
  }

  @Test func `a sure order is sure, and equal blocks stand in their order`() throws {
    let ranking = try ranking([[[3, 1, 2, 2], [3.1, 1.1, 2.1, 2.1]], [[3, 1, 2, 2], [3, 1, 2, 2]]])
    #expect(ranking.places.map(\.layer) == [4, 5, 6, 3])
    #expect(ranking.sameSetShares?.allSatisfy { $0 == 1 } == true)
    #expect(ranking.places[2].leastShares == [0, 0, 1, 1])
  }

  @Test func `other domains may order the blocks otherwise, which only a draw of domains tells`() throws {
    // Sure in each domain: one has block 3 as the least, two have block 4. Drawn three of them, the mean of block 3 is the
    // smaller one where the first domain is drawn at least twice: 3 · (1/3)² · 2/3 + (1/3)³ = 7/27.
    let ranking = try ranking([[[0, 1], [0, 1]], [[1, 0.1], [1, 0.1]], [[1, 0.1], [1, 0.1]]])
    #expect(ranking.places.map(\.layer) == [4, 3])
    #expect(ranking.sameSetShares == [1, 1])
    let shares = try #require(ranking.sameSetSharesOverDomains)
    #expect(abs(shares[0] - 20.0 / 27) < 0.01 && shares[1] == 1)
    let second = try #require(ranking.places[1].leastSharesOverDomains)
    #expect(abs(second[0] - 7.0 / 27) < 0.01)
    #expect(ranking.domains.map(\.layers) == [[3, 4], [4, 3], [4, 3]])
    #expect(ranking.domains.map(\.name) == ["0", "1", "2"])
  }

  @Test func `of one domain nothing is known about others`() throws {
    let ranking = try ranking([[[0, 1], [0, 1]]])
    #expect(ranking.sameSetShares != nil && ranking.sameSetSharesOverDomains == nil)
    #expect(ranking.places.allSatisfy { $0.leastSharesOverDomains == nil })
  }

  @Test func `the same seed gives the same bits, another one others`() throws {
    let texts: [[Double]] = (0..<9).map { (text: Int) -> [Double] in
      [Double(text * 7 % 5), Double(text * 3 % 4) + 0.3]
    }
    func shares(_ seed: UInt64) throws -> [[Double]?] {
      try ranking([texts], resamples: 500, seed: seed).places.map(\.leastShares)
    }
    #expect(try shares(5) == shares(5))
    #expect(try shares(5) != shares(6))
  }

  @Test func `without texts there is no ranking`() {
    #expect(BlockRanking([DomainSample(name: "a", values: [])], layers: 0..<2, seed: 0) == nil)
  }
}

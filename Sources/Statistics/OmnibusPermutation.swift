import Foundations

/// One-way analysis of variance over all domains, block by block, with its permutation test.
package struct OmnibusPermutation {
  private let tiles: ColumnTiles
  /// Number of texts of each non-empty domain.
  private let counts: [Int]
  private let settings: ComparisonSettings
  private static let slack = 1 - 1e-10

  /// - Parameters:
  ///   - tiles: texts of one domain after the other, centered at the mean of all.
  ///   - counts: number of texts of each domain.
  package init(_ tiles: ColumnTiles, counts: [Int], settings: ComparisonSettings) {
    self.tiles = tiles
    self.counts = counts.filter { $0 > 0 }
    self.settings = settings
  }

  /// Returns F of one column: `(SSB / (k - 1)) / (SSW / (N - k))` with SSB and SSW the squares between and within `k`
  /// domains.
  package static func test(_ moments: [SampleMoments]) -> (f: Double, p: Double) {
    let groups = moments.filter { $0.count > 0 }
    let size = groups.reduce(0) { $0 + $1.count }
    guard groups.count > 1, size > groups.count else { return (.nan, .nan) }
    // Relative to the first mean, so that equal means give exactly 0.
    let base = groups[0].mean
    let center = groups.reduce(0) { $0 + Double($1.count) * ($1.mean - base) } / Double(size)
    let between = groups.reduce(0) {
      let distance = $1.mean - base - center
      return $0 + Double($1.count) * distance * distance
    }
    let within = groups.reduce(0) { $0 + ($1.count > 1 ? $1.df * $1.variance : 0) }
    let (df1, df2) = (Double(groups.count - 1), Double(size - groups.count))
    let f = (between / df1) / (within / df2)
    return (f, FDistribution.survival(f, df1, df2))
  }

  /// Returns p of each column's F under relabellings of all texts: the random stream of relabelling `i` orders all
  /// texts, of which the first domain takes the first, and so on.
  ///
  /// F grows with SSB if the sum of SSB and SSW is fixed, as it is here; so SSB is compared.
  package func run(_ workers: Workers) -> [Double] {
    let size = tiles.rows
    let identity = HeldDraws.identity(size)
    let observed = (0..<tiles.count).map { between(tile: $0, identity)[0] * Self.slack }
    let parts = HeldDraws.map(settings.permutations, size: size, workers) { range in
      var orders: [UInt32] = []
      orders.reserveCapacity(range.count * size)
      for index in range {
        var generator = SplitMix64(seed: settings.seed, purpose: .omnibus, index: index)
        var items = identity
        generator.shuffle(&items, choosing: size)
        orders += items
      }
      return (0..<tiles.count).map { tile in
        var count = SIMD2<Int64>()
        for found in between(tile: tile, orders) {
          count = count.replacing(with: count &+ 1, where: found .>= observed[tile])
        }
        return count
      }
    }
    return (0..<tiles.count).flatMap { tile in
      let count = parts.reduce(SIMD2<Int64>()) { $0 &+ $1[tile] }
      return (0..<ColumnTiles.width).map { Double(1 + count[$0]) / Double(1 + settings.permutations) }
    }
  }

  /// Returns `Σ (sum of a domain)² / n` of each order, which is SSB, because the values are centered.
  private func between(tile: Int, _ orders: [UInt32]) -> [ColumnTiles.Vector] {
    var result = [ColumnTiles.Vector](repeating: .init(), count: orders.count / max(1, tiles.rows))
    var place = 0
    for count in counts {
      let sums = tiles.sums(tile: tile, orders, size: tiles.rows, part: place..<place + count)
      for (index, sum) in sums.enumerated() { result[index] += sum.values * sum.values / Double(count) }
      place += count
    }
    return result
  }
}

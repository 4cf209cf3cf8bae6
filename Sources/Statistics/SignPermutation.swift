import Foundations

/// The permutation tests of paired texts: under the null hypothesis the two measurements of a text are exchangeable. So
/// the signs of the differences are repeatedly dealt at random, and t computed at every block.
///
/// If there are at most ``enumerable`` deals, each is used once, and p is the share of those at least as extreme.
/// Otherwise they are drawn: p is `(1 + number of deals at least as extreme) / (1 + number of deals)`. Values that
/// differ by rounding only count as equal.
///
/// Deal `i` has its own random stream, whose bits, from the lowest on, determine the signs that are flipped, 64 texts
/// per number; if deals are enumerated, the bits of `i` do. So it depends on the seed and the number of texts, and all
/// metrics of a pair share it.
package struct SignPermutation {
  /// Maximum number of deals that are enumerated.
  static let enumerable = PairPermutation.enumerable

  private let tiles: ColumnTiles
  private let blocks: Int, metrics: Int
  private let settings: ComparisonSettings
  /// Sums of all differences, tile by tile.
  private let totals: [ColumnTiles.Sums]
  /// |t| beyond which a block belongs to a cluster.
  private let threshold: Double
  /// Observed |t| of each column, slightly reduced so that equal values reach it.
  private let observed: [Double]
  /// Observed clusters of each metric.
  package let clusters: [[ClusterOfBlocks]]
  /// Number of deals if all are enumerated, nil if they are drawn.
  private let count: Int?

  /// - Parameter tiles: differences `[text][metric × block]`, of at least two texts, not centered.
  package init(_ tiles: ColumnTiles, blocks: Int, settings: ComparisonSettings) {
    let columns = tiles.columns
    self.blocks = blocks
    metrics = blocks > 0 ? columns / blocks : 0
    self.settings = settings
    let totals = (0..<tiles.count).map { tiles.sums(tile: $0, rows: 0..<tiles.rows) }
    let threshold = StudentT(df: Double(tiles.rows - 1)).upperQuantile(0.5 * settings.alpha)
    let t = (0..<tiles.count).map { Self.t(sum: totals[$0].values, totals[$0].squares, tiles.rows) }
    observed = (0..<columns).map { abs(t.column($0)) * DealCounts.slack }
    clusters = (0..<metrics).map { metric in
      ClusterOfBlocks.find((0..<blocks).map { t.column(metric * blocks + $0) }) { abs($1) > threshold }
    }
    let isEnumerable = tiles.rows < Int.bitWidth - 1 && 1 << tiles.rows <= Self.enumerable
    count = isEnumerable ? 1 << tiles.rows : nil
    (self.tiles, self.totals, self.threshold) = (tiles, totals, threshold)
  }

  /// Returns t of differences with this sum and these squares. A standard error that is nothing but rounding is raised
  /// to a floor: t is then very large, or 0 if there is no difference.
  private static func t(sum: ColumnTiles.Vector, _ squares: ColumnTiles.Vector, _ texts: Int) -> ColumnTiles.Vector {
    let n = Double(texts)
    let floor = squares * (1e-13 / (n * n))
    let least = floor.replacing(with: .leastNormalMagnitude, where: floor .< .leastNormalMagnitude)
    let mean = sum / n
    let error = (squares - sum * mean) / (n * (n - 1))
    return mean / error.replacing(with: least, where: error .< least).squareRoot()
  }

  package func run(_ workers: Workers) -> DealChances {
    let deals = count ?? settings.permutations
    let parts = HeldDraws.map(deals, size: tiles.rows, workers, tally)
    var sum = DealCounts(columns: observed.count, clusters: clusters)
    for part in parts { sum.add(part) }
    let more = count == nil ? 1 : 0
    return sum.p { Double(more + $0) / Double(more + deals) }
  }

  private func tally(_ range: Range<Int>) -> DealCounts {
    var counts = DealCounts(columns: observed.count, clusters: clusters)
    var t = [Double](repeating: 0, count: tiles.count * ColumnTiles.width)
    for index in range {
      let kept = kept(index)
      for tile in 0..<tiles.count {
        // The sum with signs is twice the sum of the kept texts minus the total.
        let sum = 2 * tiles.sum(tile: tile, kept, kept.indices) - totals[tile].values
        let vector = Self.t(sum: sum, totals[tile].squares, tiles.rows)
        for lane in 0..<ColumnTiles.width { t[tile * ColumnTiles.width + lane] = vector[lane] }
      }
      for metric in 0..<metrics {
        let columns = metric * blocks..<(metric + 1) * blocks
        counts.add(t, columns, observed, clusters[metric], metric: metric) { abs($1) > threshold }
      }
    }
    return counts
  }

  /// Returns the texts whose sign a deal does not flip.
  private func kept(_ index: Int) -> [UInt32] {
    let all = HeldDraws.identity(tiles.rows)
    if count != nil { return all.filter { index >> $0 & 1 == 0 } }
    var generator = SplitMix64(seed: settings.seed, purpose: .signs, index: index)
    var word: UInt64 = 0
    return all.filter { text in
      if text % 64 == 0 { word = generator.next() }
      return word >> (text % 64) & 1 == 0
    }
  }
}

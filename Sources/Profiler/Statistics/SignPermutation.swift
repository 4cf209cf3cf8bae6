import LlamaCore

/// The permutation tests of paired texts: were the two measurements of a text alike, either could have been A's. So the signs of
/// the differences are dealt anew, and t computed at every block, over and over.
///
/// Where all ways to deal them are ``enumerable`` at most, each is taken once, and p is the share of those at least as extreme.
/// Otherwise they are drawn: p is `(1 + number of deals at least as extreme) / (1 + number of deals)`. Values that differ by
/// rounding only count as equal.
///
/// Deal `i` has a stream of its own, of which the bits from the lowest on say whose sign is turned, 64 texts a number; enumerated,
/// the bits of `i` do. So it depends on the seed and the number of texts, and all metrics of a pair share it.
struct SignPermutation {
  /// Deals at most that are enumerated.
  static let enumerable = 20_000

  private let tiles: ColumnTiles
  private let blocks: Int, metrics: Int
  private let settings: ComparisonSettings
  /// Of all differences, tile by tile.
  private let totals: [ColumnTiles.Sums]
  /// |t| beyond which a block belongs to a band.
  private let threshold: Double
  /// |t| of each column, a little less so that equal values reach it.
  private let observed: [Double]
  /// For each metric.
  let bands: [[BandOfBlocks]]
  /// Number of deals where all are taken, nil where they are drawn.
  private let count: Int?

  /// - Parameter tiles: differences `[text][metric × block]`, of two texts at least, not centered.
  init(_ tiles: ColumnTiles, blocks: Int, settings: ComparisonSettings) {
    let columns = tiles.columns
    self.blocks = blocks
    metrics = blocks > 0 ? columns / blocks : 0
    self.settings = settings
    let totals = (0..<tiles.count).map { tiles.sums(tile: $0, rows: 0..<tiles.rows) }
    let threshold = StudentT(df: Double(tiles.rows - 1)).upperQuantile(0.5 * settings.alpha)
    let t = (0..<tiles.count).map { Self.t(sum: totals[$0].values, totals[$0].squares, tiles.rows) }
    observed = (0..<columns).map { abs(t.column($0)) * DealCounts.slack }
    bands = (0..<metrics).map { metric in
      BandOfBlocks.find((0..<blocks).map { t.column(metric * blocks + $0) }) { abs($1) > threshold }
    }
    let isEnumerable = tiles.rows < Int.bitWidth - 1 && 1 << tiles.rows <= Self.enumerable
    count = isEnumerable ? 1 << tiles.rows : nil
    (self.tiles, self.totals, self.threshold) = (tiles, totals, threshold)
  }

  /// t of differences with this sum and these squares. A standard error that is nothing but rounding is held at a floor: t is
  /// then very large, or 0 where there is no difference.
  private static func t(sum: ColumnTiles.Vector, _ squares: ColumnTiles.Vector, _ texts: Int) -> ColumnTiles.Vector {
    let n = Double(texts)
    let floor = squares * (1e-13 / (n * n))
    let least = floor.replacing(with: .leastNormalMagnitude, where: floor .< .leastNormalMagnitude)
    let mean = sum / n
    let error = (squares - sum * mean) / (n * (n - 1))
    return mean / error.replacing(with: least, where: error .< least).squareRoot()
  }

  func run(_ workers: Workers) -> DealChances {
    let deals = count ?? settings.permutations
    let parts = HeldDraws.map(deals, size: tiles.rows, workers, tally)
    var sum = DealCounts(columns: observed.count, bands: bands)
    for part in parts { sum.add(part) }
    let more = count == nil ? 1 : 0
    return sum.p { Double(more + $0) / Double(more + deals) }
  }

  private func tally(_ range: Range<Int>) -> DealCounts {
    var counts = DealCounts(columns: observed.count, bands: bands)
    var t = [Double](repeating: 0, count: tiles.count * ColumnTiles.width)
    for index in range {
      let kept = kept(index)
      for tile in 0..<tiles.count {
        // Those that keep their sign count once more than all together count against them.
        let sum = 2 * tiles.sum(tile: tile, kept, kept.indices) - totals[tile].values
        let vector = Self.t(sum: sum, totals[tile].squares, tiles.rows)
        for lane in 0..<ColumnTiles.width { t[tile * ColumnTiles.width + lane] = vector[lane] }
      }
      for metric in 0..<metrics {
        let columns = metric * blocks..<(metric + 1) * blocks
        counts.add(t, columns, observed, bands[metric], metric: metric) { abs($1) > threshold }
      }
    }
    return counts
  }

  /// The texts whose sign a deal does not turn.
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

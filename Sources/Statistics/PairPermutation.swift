import Foundations

/// The permutation tests of a pair of domains: the units of both (texts, or groups of texts) are repeatedly relabelled
/// as A and B, and Welch's t computed at every block.
///
/// If there are at most ``enumerable`` relabellings, each is used once, and p is the share of those at least as extreme.
/// Otherwise they are drawn: p is `(1 + number of relabellings at least as extreme) / (1 + number of relabellings)`: the
/// observed labels count as one of them, so p is never 0. Values that differ by rounding only count as equal.
///
/// Relabelling `i` has its own random stream, from which A's units are drawn; if relabellings are enumerated, A has the
/// `i`-th selection in lexicographic order. So it depends on the seed and the two numbers of units, and all metrics of a
/// pair share it.
package struct PairPermutation {
  /// Maximum number of relabellings that are enumerated.
  package static let enumerable = 20_000

  private let tiles: ColumnTiles
  private let countA: Int, countB: Int
  private let blocks: Int, metrics: Int
  private let settings: ComparisonSettings
  /// Sums of all rows, tile by tile.
  private let totals: [ColumnTiles.Sums]
  /// Smallest squared standard error that is more than rounding.
  private let floors: [ColumnTiles.Vector]
  private let cluster: ClusterThreshold
  /// Observed |t| of each column, slightly reduced so that equal values reach it.
  private let observed: [Double]
  /// Observed clusters of each metric.
  package let clusters: [[ClusterOfBlocks]]
  /// Number of relabellings if all are enumerated, nil if they are drawn.
  private let count: Int?

  /// - Parameter tiles: `[unit][metric × block]`, A's units and then B's, each domain with at least two; centered at
  ///   the mean of both.
  package init(_ tiles: ColumnTiles, countA: Int, blocks: Int, settings: ComparisonSettings) {
    let columns = tiles.columns
    self.tiles = tiles
    self.countA = countA
    countB = tiles.rows - countA
    count = Combinations.count(tiles.rows, choosing: countA, limit: Self.enumerable)
    self.blocks = blocks
    metrics = blocks > 0 ? columns / blocks : 0
    self.settings = settings
    cluster = ClusterThreshold(alpha: settings.alpha, countA: countA, countB: countB)
    totals = (0..<tiles.count).map { tiles.sums(tile: $0, rows: 0..<tiles.rows) }
    let size = Double(tiles.rows)
    floors = totals.map { total in
      let floor = total.squares * (1e-13 / (size * size))
      return floor.replacing(with: .leastNormalMagnitude, where: floor .< .leastNormalMagnitude)
    }
    let identity = (0..<tiles.count).map { tiles.sums(tile: $0, rows: 0..<countA) }
    let labelled = Relabelling(sizeA: Double(countA), sizeB: Double(countB), totals: totals, floors: floors)
    let t = (0..<tiles.count).map { labelled.t(identity[$0], tile: $0) }
    observed = (0..<columns).map { abs(t.column($0)) * DealCounts.slack }
    clusters = (0..<metrics).map { [cluster, blocks] metric in
      ClusterOfBlocks.find((0..<blocks).map { t.column(metric * blocks + $0) }) { block, value in
        cluster.holds(value) { labelled.df(identity, metric * blocks + block) }
      }
    }
  }

  package func run(_ workers: Workers) -> DealChances {
    let deals = count ?? settings.permutations
    let parts = HeldDraws.map(deals, size: countA, workers, tally)
    var sum = DealCounts(columns: observed.count, clusters: clusters)
    for part in parts { sum.add(part) }
    let more = count == nil ? 1 : 0
    return sum.p { Double(more + $0) / Double(more + deals) }
  }

  private func tally(_ range: Range<Int>) -> DealCounts {
    var choices: [UInt32] = []
    choices.reserveCapacity(range.count * countA)
    let all = HeldDraws.identity(tiles.rows)
    for index in range {
      if count != nil {
        choices += Combinations.selection(index, of: tiles.rows, choosing: countA)
        continue
      }
      var generator = SplitMix64(seed: settings.seed, purpose: .permutation, index: index)
      var items = all
      generator.shuffle(&items, choosing: countA)
      choices += items[0..<countA]
    }
    let width = tiles.count
    var sums = [ColumnTiles.Sums](repeating: .init(), count: range.count * width)
    for tile in 0..<width {
      for (index, found) in tiles.sums(tile: tile, choices, size: countA, part: 0..<countA).enumerated() {
        sums[index * width + tile] = found
      }
    }
    var counts = DealCounts(columns: observed.count, clusters: clusters)
    let labelled = Relabelling(sizeA: Double(countA), sizeB: Double(countB), totals: totals, floors: floors)
    var t = [Double](repeating: 0, count: width * ColumnTiles.width)
    for index in 0..<range.count {
      for tile in 0..<width {
        let vector = labelled.t(sums[index * width + tile], tile: tile)
        for lane in 0..<ColumnTiles.width { t[tile * ColumnTiles.width + lane] = vector[lane] }
      }
      for metric in 0..<metrics {
        let columns = metric * blocks..<(metric + 1) * blocks
        counts.add(t, columns, observed, clusters[metric], metric: metric) { column, value in
          cluster.holds(value) { labelled.df(sums[index * width..<(index + 1) * width], column) }
        }
      }
    }
    return counts
  }
}

/// Welch's t for any selection of A's texts, from sums.
private struct Relabelling {
  let sizeA: Double, sizeB: Double
  let totals: [ColumnTiles.Sums]
  let floors: [ColumnTiles.Vector]

  /// Returns t. A standard error that is nothing but rounding is raised to the floor: t is then very large, or 0 if
  /// there is no difference.
  func t(_ a: ColumnTiles.Sums, tile: Int) -> ColumnTiles.Vector {
    let total = totals[tile]
    let sumB = total.values - a.values
    let meanA = a.values / sizeA
    let meanB = sumB / sizeB
    let errorA = (a.squares - a.values * meanA) / (sizeA * (sizeA - 1))
    let errorB = (total.squares - a.squares - sumB * meanB) / (sizeB * (sizeB - 1))
    let error = errorA + errorB
    let floor = floors[tile]
    return (meanA - meanB) / error.replacing(with: floor, where: error .< floor).squareRoot()
  }

  /// Returns the degrees of freedom of a column.
  func df(_ sums: some RandomAccessCollection<ColumnTiles.Sums>, _ column: Int) -> Double {
    let (tile, lane) = (column / ColumnTiles.width, column % ColumnTiles.width)
    let a = sums[sums.index(sums.startIndex, offsetBy: tile)]
    let (sumA, squaresA) = (a.values[lane], a.squares[lane])
    let (sumB, squaresB) = (totals[tile].values[lane] - sumA, totals[tile].squares[lane] - squaresA)
    let errorA = max(0, squaresA - sumA * sumA / sizeA) / (sizeA * (sizeA - 1))
    let errorB = max(0, squaresB - sumB * sumB / sizeB) / (sizeB * (sizeB - 1))
    let (shareA, shareB) = (errorA / (errorA + errorB), errorB / (errorA + errorB))
    return 1 / (shareA * shareA / (sizeA - 1) + shareB * shareB / (sizeB - 1))
  }
}

/// The criterion for blocks of a cluster: Welch's two-sided p is below alpha, with the degrees of freedom of the
/// current labelling.
private struct ClusterThreshold {
  private let alpha: Double
  /// |t| up to which p is below alpha for no number of degrees of freedom, and from which on it is for all.
  private let least: Double, most: Double

  init(alpha: Double, countA: Int, countB: Int) {
    self.alpha = alpha
    least = StudentT(df: Double(countA + countB - 2)).upperQuantile(0.5 * alpha) * (1 - 1e-9)
    most = StudentT(df: Double(min(countA, countB) - 1)).upperQuantile(0.5 * alpha) * (1 + 1e-9)
  }

  @inline(__always) func holds(_ t: Double, _ df: () -> Double) -> Bool {
    let size = abs(t)
    if size < least { return false }
    return size > most || StudentT(df: df()).twoSided(size) < alpha
  }
}

import LlamaCore

/// The negative control: each domain against itself, its texts split at random into halves.
///
/// A single split of a few domains says little, blocks being alike; so there are many. Each is a family of its own, as the
/// pairs of the real comparison are: q-values over domains × blocks, then the bootstrap interval. A domain needs
/// twice the texts that a test does. With an odd number the second half has one more.
struct SplitHalves {
  static let splits = 100

  /// A domain's table and its halves, split by split.
  private struct Domain {
    let tiles: ColumnTiles
    /// Columns that are tested.
    let tested: [Bool]
    let halfA: [Int], halfB: [Int]
    let countA: Int, countB: Int
    /// `[tile][split × lane]`.
    var p: [[Double]] = []

    func rows(_ split: Int) -> (a: [Int], b: [Int]) {
      (Array(halfA[split * countA..<(split + 1) * countA]), Array(halfB[split * countB..<(split + 1) * countB]))
    }
  }

  private var domains: [Domain]
  private let settings: ComparisonSettings
  private let workers: Workers

  /// - Parameters:
  ///   - tables: the domains'.
  ///   - tested: for each of them the columns that are tested.
  init(_ tables: [ColumnTiles], tested: [[Bool]], settings: ComparisonSettings, workers: Workers) {
    self.settings = settings
    self.workers = workers
    let kept = tables.indices.filter { tables[$0].rows >= 2 * Verdict.leastTexts }
    let (tables, tested) = (kept.map { tables[$0] }, kept.map { tested[$0] })
    var halves = tables.map { _ in (a: [Int](), b: [Int]()) }
    for split in 0..<Self.splits {
      var generator = SplitMix64(seed: settings.seed, purpose: .split, index: split)
      for (index, table) in tables.enumerated() {
        var rows = Array(0..<table.rows)
        generator.shuffle(&rows, choosing: table.rows / 2)
        halves[index].a += rows[..<(table.rows / 2)]
        halves[index].b += rows[(table.rows / 2)...]
      }
    }
    domains = tables.indices.map { index in
      let (tiles, halves) = (tables[index], halves[index])
      let half = tiles.rows / 2
      return Domain(
        tiles: tiles, tested: tested[index], halfA: halves.a, halfB: halves.b, countA: half, countB: tiles.rows - half)
    }
    for index in domains.indices {
      let domain = domains[index]
      domains[index].p = workers.map(domain.tiles.count) { Self.p(domain, tile: $0) }
    }
  }

  private static func p(_ domain: Domain, tile: Int) -> [Double] {
    let (sizeA, sizeB) = (Double(domain.countA), Double(domain.countB))
    return (0..<splits).flatMap { split in
      let (startA, startB) = (split * domain.countA, split * domain.countB)
      let a = domain.tiles.sums(tile: tile, domain.halfA, startA..<startA + domain.countA)
      let b = domain.tiles.sums(tile: tile, domain.halfB, startB..<startB + domain.countB)
      let (meanA, meanB) = (a.values / sizeA, b.values / sizeB)
      let (varianceA, varianceB) = (a.scatter(sizeA) / (sizeA - 1), b.scatter(sizeB) / (sizeB - 1))
      return (0..<ColumnTiles.width).map { lane -> Double in
        let column = tile * ColumnTiles.width + lane
        guard column < domain.tested.count, domain.tested[column] else { return .nan }
        return TTest(
          SampleMoments(count: domain.countA, mean: meanA[lane], variance: varianceA[lane]),
          SampleMoments(count: domain.countB, mean: meanB[lane], variance: varianceB[lane])
        ).p
      }
    }
  }

  /// The shares over the columns of one metric.
  func control(columns: Range<Int>) -> NegativeControl {
    NegativeControl(workers.map(Self.splits) { shares(split: $0, columns) })
  }

  private func shares(split: Int, _ columns: Range<Int>) -> NegativeControl.Shares {
    let width = ColumnTiles.width
    let p = domains.flatMap { domain in columns.map { domain.p[$0 / width][split * width + $0 % width] } }
    let q = BenjaminiHochberg.adjust(p)
    var different = 0
    for (index, domain) in domains.enumerated() {
      let found = columns.filter { q[index * columns.count + $0 - columns.lowerBound] < settings.alpha }
      guard !found.isEmpty else { continue }
      let rows = domain.rows(split)
      let bootstrap = Bootstrap(rowsA: rows.a, rowsB: rows.b, settings: settings)
      for (tile, columns) in Dictionary(grouping: found, by: { $0 / width }) {
        let intervals = bootstrap.intervals(domain.tiles, domain.tiles, difference: .zero, tile: tile)
        different += columns.count { intervals[$0 % width].low > 0 || intervals[$0 % width].high < 0 }
      }
    }
    return .init(comparisons: p.count { !$0.isNaN }, raw: p.count { $0 < settings.alpha }, different: different)
  }
}

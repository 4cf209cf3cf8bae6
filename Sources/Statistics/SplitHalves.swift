import Foundations

/// The negative control: each domain against itself, its units (texts, or groups of texts) split at random into halves.
///
/// A single split of a few domains has little information, because blocks are alike; so there are many. Each is a
/// family of its own, like the pairs of the real comparison: q-values over domains × blocks, then the bootstrap
/// interval. A domain needs twice the texts of a test. With an odd number the second half has one more.
package struct SplitHalves {
  static let splits = 100

  /// Rows of the table for a domain, its means, and its tested columns.
  package struct Domain {
    let rows: Range<Int>
    let centers: [Double]
    let tested: [Bool]
    /// For each split the state of the generator before the domain's texts are split, so that halves can be drawn
    /// again.
    fileprivate var generators: [SplitMix64] = []
    /// `[split][column]`.
    fileprivate var p: [[Double]] = []

    package init(rows: Range<Int>, centers: [Double], tested: [Bool]) {
      (self.rows, self.centers, self.tested) = (rows, centers, tested)
    }

    /// Returns the rows of both halves, counted within the domain.
    fileprivate func halves(_ generator: inout SplitMix64) -> (a: [UInt32], b: [UInt32]) {
      var items = HeldDraws.identity(rows.count)
      let half = rows.count / 2
      generator.shuffle(&items, choosing: half)
      return (Array(items[..<half]), Array(items[half...]))
    }

    fileprivate func tiles(_ table: TileStore) throws(FileError) -> ColumnTiles {
      var tiles = try ColumnTiles(table, [rows])
      tiles.center(0..<tiles.rows, at: centers)
      return tiles
    }
  }

  private var domains: [Domain]
  private let table: TileStore
  private let settings: ComparisonSettings
  private let workers: Workers

  package init(
    _ table: TileStore, _ domains: [Domain], settings: ComparisonSettings, workers: Workers
  ) throws(FileError) {
    self.table = table
    self.settings = settings
    self.workers = workers
    self.domains = domains.filter { $0.rows.count >= 2 * Verdict.leastTexts }
    var generators = (0..<Self.splits).map { SplitMix64(seed: settings.seed, purpose: .split, index: $0) }
    for index in self.domains.indices {
      self.domains[index].generators = generators
      let domain = self.domains[index]
      let tiles = try domain.tiles(table)
      let found = workers.map(Self.splits) { [generators] split in
        var generator = generators[split]
        let halves = domain.halves(&generator)
        return (p: Self.p(domain, tiles, halves), generator: generator)
      }
      self.domains[index].p = found.map(\.p)
      generators = found.map(\.generator)
    }
  }

  private static func p(_ domain: Domain, _ tiles: ColumnTiles, _ halves: (a: [UInt32], b: [UInt32])) -> [Double] {
    let (sizeA, sizeB) = (Double(halves.a.count), Double(halves.b.count))
    return (0..<tiles.count).flatMap { tile in
      let a = tiles.sums(tile: tile, halves.a, halves.a.indices)
      let b = tiles.sums(tile: tile, halves.b, halves.b.indices)
      let (meanA, meanB) = (a.values / sizeA, b.values / sizeB)
      let (varianceA, varianceB) = (a.scatter(sizeA) / (sizeA - 1), b.scatter(sizeB) / (sizeB - 1))
      return (0..<ColumnTiles.width).map { lane -> Double in
        let column = tile * ColumnTiles.width + lane
        guard column < domain.tested.count, domain.tested[column] else { return .nan }
        return TTest(
          SampleMoments(count: halves.a.count, mean: meanA[lane], variance: varianceA[lane]),
          SampleMoments(count: halves.b.count, mean: meanB[lane], variance: varianceB[lane])
        ).p
      }
    }
  }

  /// Returns the shares over the columns of each metric.
  package func controls(_ metrics: [Range<Int>]) throws(FileError) -> [NegativeControl] {
    let counts = NegativeControl.Counts(metrics, p: domains.map(\.p), alpha: settings.alpha)
    return try counts.controls { index, open throws(FileError) in
      let tiles = try domains[index].tiles(table)
      return workers.map(Self.splits) { excluding(domains[index], tiles, $0, open[$0]) }
    }
  }

  /// Returns the columns whose bootstrap interval excludes 0.
  private func excluding(_ domain: Domain, _ tiles: ColumnTiles, _ split: Int, _ columns: [Int]) -> [Int] {
    guard !columns.isEmpty else { return [] }
    var generator = domain.generators[split]
    let halves = domain.halves(&generator)
    let bootstrap = Bootstrap(rowsA: halves.a, rowsB: halves.b, settings: settings)
    let wanted = Set(columns.map { $0 / ColumnTiles.width }).sorted()
    let intervals = bootstrap.intervals(
      tiles, tiles: wanted, differences: wanted.map { _ in .zero }, Workers(1))
    return columns.filter { column in
      guard let place = wanted.firstIndex(of: column / ColumnTiles.width) else { return false }
      let interval = intervals[place][column % ColumnTiles.width]
      return interval.low > 0 || interval.high < 0
    }
  }
}

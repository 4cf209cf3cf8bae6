import LlamaCore

/// The negative control of paired texts: the two values of each text are exchanged at random, so that neither side is
/// anything.
///
/// As with ``SplitHalves`` there are many of these splits, and each is a family of its own: q-values over pairs × blocks, then
/// the bootstrap interval of the mean difference, which excludes 0 where that of g does.
struct ExchangedPairs {
  /// Differences of a pair of domains.
  private struct Pair {
    let tiles: ColumnTiles
    /// Columns that are tested.
    let tested: [Bool]
    /// `[split][text]`, 1 or -1.
    var signs: [[Double]] = []
    /// `[tile][split × lane]`.
    var p: [[Double]] = []
  }

  private var pairs: [Pair]
  private let settings: ComparisonSettings
  private let workers: Workers

  /// - Parameters:
  ///   - tables: the differences of each pair, not centered.
  ///   - tested: for each of them the columns that are tested.
  init(_ tables: [ColumnTiles], tested: [[Bool]], settings: ComparisonSettings, workers: Workers) {
    self.settings = settings
    self.workers = workers
    var pairs = zip(tables, tested).filter { $0.0.rows >= Verdict.leastPairs }.map { Pair(tiles: $0, tested: $1) }
    for split in 0..<SplitHalves.splits {
      var generator = SplitMix64(seed: settings.seed, purpose: .split, index: split)
      for index in pairs.indices {
        var word: UInt64 = 0
        pairs[index].signs.append(
          (0..<pairs[index].tiles.rows).map { text in
            if text % 64 == 0 { word = generator.next() }
            return word >> (text % 64) & 1 == 0 ? 1 : -1
          })
      }
    }
    for index in pairs.indices {
      let pair = pairs[index]
      pairs[index].p = workers.map(pair.tiles.count) { Self.p(pair, tile: $0) }
    }
    self.pairs = pairs
  }

  private static func p(_ pair: Pair, tile: Int) -> [Double] {
    let size = Double(pair.tiles.rows)
    return pair.signs.flatMap { signs in
      let sums = pair.tiles.sums(tile: tile, signs: signs)
      let (mean, variance) = (sums.values / size, sums.scatter(size) / (size - 1))
      return (0..<ColumnTiles.width).map { lane -> Double in
        let column = tile * ColumnTiles.width + lane
        guard column < pair.tested.count, pair.tested[column] else { return .nan }
        return TTest(
          paired: SampleMoments(count: pair.tiles.rows, mean: mean[lane], variance: variance[lane])
        ).p
      }
    }
  }

  /// The shares over the columns of one metric.
  func control(columns: Range<Int>) -> NegativeControl {
    NegativeControl(workers.map(SplitHalves.splits) { shares(split: $0, columns) })
  }

  private func shares(split: Int, _ columns: Range<Int>) -> NegativeControl.Shares {
    let width = ColumnTiles.width
    let p = pairs.flatMap { pair in columns.map { pair.p[$0 / width][split * width + $0 % width] } }
    let q = BenjaminiHochberg.adjust(p)
    var different = 0
    for (index, pair) in pairs.enumerated() {
      let found = columns.filter { q[index * columns.count + $0 - columns.lowerBound] < settings.alpha }
      if !found.isEmpty { different += excluding(pair, split, found) }
    }
    return .init(comparisons: p.count { !$0.isNaN }, raw: p.count { $0 < settings.alpha }, different: different)
  }

  /// The number of columns whose bootstrap interval of the mean difference excludes 0.
  private func excluding(_ pair: Pair, _ split: Int, _ columns: [Int]) -> Int {
    let (rows, signs) = (pair.tiles.rows, pair.signs[split])
    let draws = (0..<settings.resamples).map { resample in
      var generator = SplitMix64(seed: settings.seed, purpose: .bootstrap, index: resample)
      return (0..<rows).map { _ in Int(generator.next(below: UInt64(rows))) }
    }
    return columns.count { column in
      let differences = (0..<rows).map { signs[$0] * pair.tiles.value(row: $0, column: column) }
      let means = draws.map { $0.reduce(0) { $0 + differences[$1] } / Double(rows) }.sorted()
      let tail = 0.5 * (1 - Bootstrap.level)
      return Quantile.of(means, tail) > 0 || Quantile.of(means, 1 - tail) < 0
    }
  }
}

extension NegativeControl {
  /// What one split gives.
  struct Shares {
    var comparisons: Int, raw: Int, different: Int
  }

  init(_ splits: [Shares]) {
    let comparisons = splits.reduce(0) { $0 + $1.comparisons }
    let total = Double(comparisons)
    self.init(
      comparisons: comparisons, rawShare: Double(splits.reduce(0) { $0 + $1.raw }) / total,
      differentShare: Double(splits.reduce(0) { $0 + $1.different }) / total)
  }
}

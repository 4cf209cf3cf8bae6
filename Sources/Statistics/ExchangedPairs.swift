import Foundations

/// The negative control of paired texts: the two values of each text are exchanged at random, so that the null
/// hypothesis holds.
///
/// As in ``SplitHalves`` there are many of these splits, and each is a family of its own: q-values over pairs × blocks,
/// then the bootstrap interval of the mean difference, which excludes 0 exactly if that of g does.
package struct ExchangedPairs {
  /// Rows of the table for a pair, and its tested columns.
  package struct Pair {
    let rows: Range<Int>
    let tested: [Bool]
    /// For each split the state of the generator before the pair's signs are drawn, so that they can be drawn again.
    fileprivate var generators: [SplitMix64] = []
    /// `[split][column]`.
    fileprivate var p: [[Double]] = []

    package init(rows: Range<Int>, tested: [Bool]) { (self.rows, self.tested) = (rows, tested) }

    /// Returns 1 or -1 for each text.
    fileprivate func signs(_ generator: inout SplitMix64) -> [Double] {
      var word: UInt64 = 0
      return (0..<rows.count).map { text in
        if text % 64 == 0 { word = generator.next() }
        return word >> (text % 64) & 1 == 0 ? 1 : -1
      }
    }
  }

  private var pairs: [Pair]
  private let table: TileStore
  private let settings: ComparisonSettings
  private let workers: Workers

  /// - Parameter table: differences of one pair after the other, not centered.
  package init(
    _ table: TileStore, _ pairs: [Pair], settings: ComparisonSettings, workers: Workers
  ) throws(FileError) {
    self.table = table
    self.settings = settings
    self.workers = workers
    self.pairs = pairs.filter { $0.rows.count >= Verdict.leastPairs }
    var generators = (0..<SplitHalves.splits).map { SplitMix64(seed: settings.seed, purpose: .split, index: $0) }
    for index in self.pairs.indices {
      self.pairs[index].generators = generators
      let pair = self.pairs[index]
      let tiles = try ColumnTiles(table, [pair.rows])
      let found = workers.map(SplitHalves.splits) { [generators] split in
        var generator = generators[split]
        return (p: Self.p(pair, tiles, pair.signs(&generator)), generator: generator)
      }
      self.pairs[index].p = found.map(\.p)
      generators = found.map(\.generator)
    }
  }

  private static func p(_ pair: Pair, _ tiles: ColumnTiles, _ signs: [Double]) -> [Double] {
    let size = Double(tiles.rows)
    return (0..<tiles.count).flatMap { tile in
      let sums = tiles.sums(tile: tile, signs: signs)
      let (mean, variance) = (sums.values / size, sums.scatter(size) / (size - 1))
      return (0..<ColumnTiles.width).map { lane -> Double in
        let column = tile * ColumnTiles.width + lane
        guard column < pair.tested.count, pair.tested[column] else { return .nan }
        return TTest(paired: SampleMoments(count: tiles.rows, mean: mean[lane], variance: variance[lane])).p
      }
    }
  }

  /// Returns the shares over the columns of each metric.
  package func controls(_ metrics: [Range<Int>]) throws(FileError) -> [NegativeControl] {
    let counts = NegativeControl.Counts(metrics, p: pairs.map(\.p), alpha: settings.alpha)
    return try counts.controls { index, open throws(FileError) in
      let tiles = try ColumnTiles(table, [pairs[index].rows])
      return workers.map(SplitHalves.splits) { excluding(pairs[index], tiles, $0, open[$0]) }
    }
  }

  /// Returns the columns whose bootstrap interval of the mean difference excludes 0.
  private func excluding(_ pair: Pair, _ tiles: ColumnTiles, _ split: Int, _ columns: [Int]) -> [Int] {
    guard !columns.isEmpty else { return [] }
    var generator = pair.generators[split]
    let signs = pair.signs(&generator)
    var means = columns.map { _ in [Double]() }
    for resample in 0..<settings.resamples {
      var generator = SplitMix64(seed: settings.seed, purpose: .bootstrap, index: resample)
      let draws = (0..<tiles.rows).map { _ in Int(generator.next(below: UInt64(tiles.rows))) }
      for (place, column) in columns.enumerated() {
        means[place].append(draws.reduce(0) { $0 + signs[$1] * tiles[$1, column] } / Double(tiles.rows))
      }
    }
    return zip(columns, means).compactMap { column, means in
      let sorted = means.sorted()
      let tail = 0.5 * (1 - Bootstrap.level)
      return Quantile.of(sorted, tail) > 0 || Quantile.of(sorted, 1 - tail) < 0 ? column : nil
    }
  }
}

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
    /// For each split the generator before the pair's signs are drawn: they are drawn again when they are needed.
    var generators: [SplitMix64] = []
    /// `[split][column]`.
    var p: [[Double]] = []

    /// 1 or -1 for each text.
    func signs(_ generator: inout SplitMix64) -> [Double] {
      var word: UInt64 = 0
      return (0..<tiles.rows).map { text in
        if text % 64 == 0 { word = generator.next() }
        return word >> (text % 64) & 1 == 0 ? 1 : -1
      }
    }
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
    pairs = zip(tables, tested).filter { $0.0.rows >= Verdict.leastPairs }.map { Pair(tiles: $0, tested: $1) }
    var generators = (0..<SplitHalves.splits).map { SplitMix64(seed: settings.seed, purpose: .split, index: $0) }
    for index in pairs.indices {
      pairs[index].generators = generators
      let pair = pairs[index]
      let found = workers.map(SplitHalves.splits) { [generators] split in
        var generator = generators[split]
        return (p: Self.p(pair, pair.signs(&generator)), generator: generator)
      }
      pairs[index].p = found.map(\.p)
      generators = found.map(\.generator)
    }
  }

  private static func p(_ pair: Pair, _ signs: [Double]) -> [Double] {
    let size = Double(pair.tiles.rows)
    return (0..<pair.tiles.count).flatMap { tile in
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
    let p = pairs.flatMap { pair in columns.map { pair.p[split][$0] } }
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
    let rows = pair.tiles.rows
    var generator = pair.generators[split]
    let signs = pair.signs(&generator)
    var means = columns.map { _ in [Double]() }
    for resample in 0..<settings.resamples {
      var generator = SplitMix64(seed: settings.seed, purpose: .bootstrap, index: resample)
      let draws = (0..<rows).map { _ in Int(generator.next(below: UInt64(rows))) }
      for (place, column) in columns.enumerated() {
        means[place].append(draws.reduce(0) { $0 + signs[$1] * pair.tiles[$1, column] } / Double(rows))
      }
    }
    return means.count { means in
      let sorted = means.sorted()
      let tail = 0.5 * (1 - Bootstrap.level)
      return Quantile.of(sorted, tail) > 0 || Quantile.of(sorted, 1 - tail) < 0
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

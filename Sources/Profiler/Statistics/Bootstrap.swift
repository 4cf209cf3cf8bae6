/// The percentile bootstrap of Hedges' g: both domains' texts are drawn again with replacement, as many as there are, and g
/// computed anew; the interval holds the middle 95 % of these.
///
/// Resample `r` has a stream of its own, from which A's texts are drawn first and then B's. So the draws of a pair depend
/// on the seed and the two numbers of texts, and neither on the metric nor on other domains. Where texts are paired, pairs
/// are drawn.
struct Bootstrap {
  static let level = 0.95

  private let countA: Int, countB: Int
  /// `[resample][draw]`, rows of the tables.
  private let choicesA: [Int], choicesB: [Int]
  private let correction: Double

  /// - Parameters:
  ///   - rowsA: rows of A's table from which is drawn.
  ///   - rowsB: rows of B's table; where texts are paired, the same as of A's.
  init(rowsA: [Int], rowsB: [Int], isPaired: Bool = false, settings: ComparisonSettings) {
    (countA, countB) = (rowsA.count, rowsB.count)
    correction = HedgesG.correction(df: Double(isPaired ? countA - 1 : countA + countB - 2))
    var drawnA: [Int] = [], drawnB: [Int] = []
    drawnA.reserveCapacity(countA * settings.resamples)
    drawnB.reserveCapacity(countB * settings.resamples)
    for resample in 0..<settings.resamples {
      var generator = SplitMix64(seed: settings.seed, purpose: .bootstrap, index: resample)
      for _ in rowsA { drawnA.append(rowsA[Int(generator.next(below: UInt64(countA)))]) }
      for _ in isPaired ? [] : rowsB { drawnB.append(rowsB[Int(generator.next(below: UInt64(countB)))]) }
    }
    (choicesA, choicesB) = (drawnA, isPaired ? drawnA : drawnB)
  }

  /// The intervals of a tile's columns.
  ///
  /// - Parameter difference: center of A's table - center of B's.
  func intervals(
    _ a: ColumnTiles, _ b: ColumnTiles, difference: ColumnTiles.Vector, tile: Int
  ) -> [(low: Double, high: Double)] {
    let (sizeA, sizeB) = (Double(countA), Double(countB))
    let df = sizeA + sizeB - 2
    let resamples = choicesA.count / countA
    var effects = Array(repeating: [Double](repeating: 0, count: resamples), count: ColumnTiles.width)
    for resample in 0..<resamples {
      let partA = a.sums(tile: tile, choicesA, resample * countA..<(resample + 1) * countA)
      let partB = b.sums(tile: tile, choicesB, resample * countB..<(resample + 1) * countB)
      let distance = difference + (partA.values / sizeA - partB.values / sizeB)
      let deviation = ((partA.scatter(sizeA) + partB.scatter(sizeB)) / df).squareRoot()
      let effect = correction * distance / deviation
      // No difference is no effect, as in `HedgesG`.
      let defined = effect.replacing(with: 0, where: distance .== 0)
      for lane in 0..<ColumnTiles.width { effects[lane][resample] = defined[lane] }
    }
    return effects.map { effects in
      let sorted = effects.sorted()
      return (Quantile.of(sorted, 0.5 * (1 - Self.level)), Quantile.of(sorted, 0.5 * (1 + Self.level)))
    }
  }
}

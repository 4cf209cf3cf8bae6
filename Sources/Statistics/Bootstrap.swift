import Foundations

/// The percentile bootstrap of Hedges' g: the texts of both domains are resampled with replacement and g is computed
/// again; the interval contains the middle 95 % of the results.
///
/// Resample `r` has its own random stream, from which A's texts are drawn first and then B's. So the draws of a pair
/// depend on the seed and the two numbers of texts, and neither on the metric nor on other domains. If texts are
/// paired, pairs are drawn.
package struct Bootstrap {
  package static let level = 0.95

  /// Rows of the table for A and B.
  private let rowsA: [UInt32], rowsB: [UInt32]
  private let isPaired: Bool
  private let correction: Double
  private let settings: ComparisonSettings

  /// - Parameters:
  ///   - rowsA: rows from which A's texts are drawn.
  ///   - rowsB: rows from which B's texts are drawn; if texts are paired, in the order of A's.
  package init(rowsA: [UInt32], rowsB: [UInt32], isPaired: Bool = false, settings: ComparisonSettings) {
    self.rowsA = rowsA
    self.rowsB = rowsB
    self.isPaired = isPaired
    self.settings = settings
    correction = HedgesG.correction(df: Double(isPaired ? rowsA.count - 1 : rowsA.count + rowsB.count - 2))
  }

  /// Returns the intervals of some tiles' columns, tile by tile.
  ///
  /// - Parameter differences: for each of these tiles, center of A's rows - center of B's.
  package func intervals(
    _ table: ColumnTiles, tiles: [Int], differences: [ColumnTiles.Vector], _ workers: Workers
  ) -> [[(low: Double, high: Double)]] {
    let parts = HeldDraws.map(settings.resamples, size: rowsA.count + rowsB.count, workers) {
      effects($0, table, tiles, differences)
    }
    return workers.map(tiles.count) { place in
      (0..<ColumnTiles.width).map { lane in
        let sorted = parts.flatMap { $0[place].map { $0[lane] } }.sorted()
        return (Quantile.of(sorted, 0.5 * (1 - Self.level)), Quantile.of(sorted, 0.5 * (1 + Self.level)))
      }
    }
  }

  /// Returns `[tile][resample]`: the effects of some resamples.
  private func effects(
    _ resamples: Range<Int>, _ table: ColumnTiles, _ tiles: [Int], _ differences: [ColumnTiles.Vector]
  ) -> [[ColumnTiles.Vector]] {
    let size = rowsA.count + rowsB.count
    let choices = [UInt32](unsafeUninitializedCapacity: resamples.count * size) { choices, count in
      for (place, resample) in resamples.enumerated() {
        draw(resample, into: UnsafeMutableBufferPointer(rebasing: choices[place * size..<(place + 1) * size]))
      }
      count = resamples.count * size
    }
    let (sizeA, sizeB) = (Double(rowsA.count), Double(rowsB.count))
    let df = sizeA + sizeB - 2
    return zip(tiles, differences).map { tile, difference in
      let partsA = table.sums(tile: tile, choices, size: size, part: 0..<rowsA.count)
      let partsB = table.sums(tile: tile, choices, size: size, part: rowsA.count..<size)
      return zip(partsA, partsB).map { partA, partB in
        let distance = difference + (partA.values / sizeA - partB.values / sizeB)
        let deviation = ((partA.scatter(sizeA) + partB.scatter(sizeB)) / df).squareRoot()
        let effect = correction * distance / deviation
        // A difference of 0 has an effect of 0, as in `HedgesG`.
        return effect.replacing(with: 0, where: distance .== 0)
      }
    }
  }

  /// Draws the rows of a resample: A's, then B's.
  private func draw(_ resample: Int, into choices: UnsafeMutableBufferPointer<UInt32>) {
    var generator = SplitMix64(seed: settings.seed, purpose: .bootstrap, index: resample)
    let (countA, countB) = (rowsA.count, rowsB.count)
    rowsA.withUnsafeBufferPointer { rowsA in
      rowsB.withUnsafeBufferPointer { rowsB in
        if isPaired {
          for place in 0..<countA {
            let index = Int(generator.next(below: UInt64(countA)))
            choices[place] = rowsA[index]
            choices[countA + place] = rowsB[index]
          }
        } else {
          for place in 0..<countA { choices[place] = rowsA[Int(generator.next(below: UInt64(countA)))] }
          for place in 0..<countB { choices[countA + place] = rowsB[Int(generator.next(below: UInt64(countB)))] }
        }
      }
    }
  }
}

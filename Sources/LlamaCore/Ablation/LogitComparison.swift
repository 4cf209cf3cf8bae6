import Foundation

/// Comparison of the logits of changed streams with those of their texts, as the unembedding is computed: of every row
/// and range of the vocabulary a few sums are kept, in double precision, and logits are never stored beyond a range.
///
/// With `p = exp(zₚ - mₚ)` and `q = exp(z_q - m_q)`, `m` a row's maximum in the range: `Σp`, `Σp²`, `Σq`, `Σq²`, `Σpq` and
/// `Σp(zₚ - z_q)`, from which `KL = Σp(zₚ - z_q)/Σp + ln Σ_q - ln Σ_p` and `‖p - q‖²` follow once the whole vocabulary is known.
/// Exponentials are float32; all products and sums of them are double, so that differences keep their digits.
final class LogitComparison: @unchecked Sendable {
  /// Sums of one row over one range of the vocabulary.
  private struct Sums {
    var maximum: Float = .nan
    /// Token with the largest logit, the lowest id among equals; -1 if none is a number.
    var best: Int32 = -1
    var sum = Double.nan, squares = Double.nan
    /// `Σpq` and `Σp(zₚ - z_q)`, with the `p` of the row's text.
    var cross = Double.nan, weighted = Double.nan
  }

  /// Logits and exponentials of the texts' rows in one range, until all changed rows have passed.
  private struct BaseTile {
    let logits, exponentials: FloatBuffer
  }

  private let layout: RemovalLayout
  private let rows, textRows: Int
  /// For each row that of its text; -1 between streams.
  private let baseRows: [Int]
  /// The token after each row; -1 for a text's last row and rows between streams.
  private var next: [Int]
  private let ranges: [Range<Int>]
  private let places: [Int: Int]
  /// `[ranges]`, each used by the worker that computes the range.
  private let tiles: UnsafeMutableBufferPointer<BaseTile?>
  /// `[ranges, rows]`; each element is written once.
  private let sums: UnsafeMutablePointer<Sums>
  /// `[rows]`: the logit of `next`.
  private let logits: UnsafeMutablePointer<Double>

  /// Returns the bytes kept of each row.
  static func rowBytes(ranges: Int) -> Int { ranges * MemoryLayout<Sums>.stride + 8 }

  /// - Parameter columns: ranges of the vocabulary that tiles cover.
  init(_ layout: RemovalLayout, columns: [Range<Int>]) {
    self.layout = layout
    (rows, textRows) = (layout.rows, layout.rows(layout.textCount))
    baseRows = layout.baseRows
    ranges = columns
    places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.lowerBound, $0) })
    next = Array(repeating: -1, count: rows)
    for slot in layout.slots {
      for (row, token) in zip(slot.rows, slot.slice.tokens.dropFirst()) { next[row] = Int(token) }
    }
    tiles = .allocate(capacity: columns.count)
    tiles.initialize(repeating: nil)
    sums = .allocate(capacity: rows * columns.count)
    sums.initialize(repeating: Sums(), count: rows * columns.count)
    logits = .allocate(capacity: rows)
    logits.initialize(repeating: .nan, count: rows)
  }

  deinit {
    tiles.deinitialize()
    tiles.deallocate()
    sums.deallocate()
    logits.deallocate()
  }

  /// Adds the logits of some rows and a range of the vocabulary. The rows of a range come in ascending order.
  func add(_ tile: OutputTile) {
    guard let range = places[tile.columns.lowerBound] else { return }
    let count = tile.columns.count
    if tile.rows.lowerBound == 0 {
      tiles[range] = BaseTile(logits: FloatBuffer(textRows * count), exponentials: FloatBuffer(textRows * count))
    }
    guard let base = tiles[range] else { return }
    for row in tile.rows.clamped(to: 0..<rows) where baseRows[row] >= 0 {
      let values = tile.row(row)
      if tile.columns.contains(next[row]) { logits[row] = Double(values[next[row] - tile.columns.lowerBound]) }
      var found = Sums()
      if let best = Self.largest(values, count) {
        found.best = Int32(truncatingIfNeeded: tile.columns.lowerBound + best)
      }
      if row < textRows {
        (base.logits.pointer + row * count).update(from: values, count: count)
      } else {
        let text = baseRows[row] * count
        found.weighted = Self.weighted(
          base.exponentials.pointer + text, base.logits.pointer + text, minus: values, count)
      }
      (found.maximum, found.sum) = Softmax.exponentials(values, count: count)
      found.squares = Self.product(values, values, count)
      if row < textRows {
        (base.exponentials.pointer + row * count).update(from: values, count: count)
      } else {
        found.cross = Self.product(base.exponentials.pointer + baseRows[row] * count, values, count)
      }
      sums[range * rows + row] = found
    }
    if tile.rows.upperBound >= rows { tiles[range] = nil }
  }

  /// Returns the negative log-likelihoods of a stream's tokens except the first.
  func tokens(ofStream slot: Int) -> [Double] {
    layout.slots[slot].rows.dropLast().map { logSumExp($0) - logits[$0] }
  }

  /// Returns what the removal of a changed stream costs.
  func cost(ofStream slot: Int, effects: [RemovalCost.Effect?]) -> RemovalCost {
    let (base, rows) = (layout.slots[layout.sources[slot]].rows, layout.slots[slot].rows)
    var (kl, equal, change, largest) = (0.0, 0, 0.0, 0.0)
    for (p, q) in zip(base, rows) {
      let row = compare(p, q)
      kl += row.kl
      if best(p) == best(q) { equal += 1 }
      change += row.change
      if !(row.change <= largest) { largest = row.change }
    }
    let count = Double(rows.count)
    return RemovalCost(
      nll: TextLikelihood(tokens: tokens(ofStream: slot)).mean, kl: kl / count, top1: Double(equal) / count,
      outputChangeMean: change / count, outputChangeMax: largest, effects: effects)
  }

  /// Returns `KL(p‖q)` and `‖p - q‖` of two rows. Ranges are added in ascending order, whatever worker computed them.
  private func compare(_ p: Int, _ q: Int) -> (kl: Double, change: Double) {
    let (maximumP, maximumQ) = (maximum(p), maximum(q))
    var (sumP, squaresP, sumQ, squaresQ, cross, weighted) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for range in ranges.indices {
      let (a, b) = (sums[range * rows + p], sums[range * rows + q])
      let (scaleP, scaleQ) = (exp(Double(a.maximum) - maximumP), exp(Double(b.maximum) - maximumQ))
      sumP += a.sum * scaleP
      sumQ += b.sum * scaleQ
      squaresP += a.squares * (scaleP * scaleP)
      squaresQ += b.squares * (scaleQ * scaleQ)
      cross += b.cross * (scaleP * scaleQ)
      weighted += b.weighted * scaleP
    }
    let kl = weighted / sumP + (logSumExp(q) - logSumExp(p))
    let square = (squaresP / (sumP * sumP) + squaresQ / (sumQ * sumQ)) - 2 * (cross / (sumP * sumQ))
    // Both are at least 0 but for rounding.
    return (kl < 0 ? 0 : kl, (square < 0 ? 0 : square).squareRoot())
  }

  private func maximum(_ row: Int) -> Double {
    ranges.indices.reduce(-Double.infinity) { max($0, Double(sums[$1 * rows + row].maximum)) }
  }

  /// As in the likelihood of a text, to the last bit.
  private func logSumExp(_ row: Int) -> Double {
    let parts = ranges.indices.map { Double(sums[$0 * rows + row].maximum) + log(sums[$0 * rows + row].sum) }
    return TextLikelihood.logSumExp(ofParts: parts)
  }

  /// Returns the token with the largest logit of a row; -1 if none is a number.
  private func best(_ row: Int) -> Int32 {
    var (best, largest) = (Int32(-1), -Float.infinity)
    for range in ranges.indices {
      let found = sums[range * rows + row]
      if found.best >= 0, best < 0 || found.maximum > largest { (best, largest) = (found.best, found.maximum) }
    }
    return best
  }
}

// MARK: Loops over a range of the vocabulary

extension LogitComparison {
  /// Returns the first index of the largest number; nil if there is none.
  private static func largest(_ values: UnsafePointer<Float>, _ count: Int) -> Int? {
    let whole = count / 8 * 8
    var maxima = SIMD8<Float>(repeating: -.infinity)
    for index in stride(from: 0, to: whole, by: 8) {
      let v = UnsafeRawPointer(values + index).loadUnaligned(as: SIMD8<Float>.self)
      maxima = maxima.replacing(with: v, where: v .> maxima)
    }
    var maximum = maxima.max()
    for index in whole..<count where values[index] > maximum { maximum = values[index] }
    for index in 0..<count where values[index] == maximum { return index }
    return nil
  }

  /// `Σ a·b`.
  private static func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
    sum(count) { index in
      quad(a, index) * quad(b, index)
    } tail: {
      Double(a[$0]) * Double(b[$0])
    }
  }

  /// `Σ p·(z - changed)`.
  private static func weighted(
    _ p: UnsafePointer<Float>, _ z: UnsafePointer<Float>, minus changed: UnsafePointer<Float>, _ count: Int
  ) -> Double {
    sum(count) { index in
      quad(p, index) * (quad(z, index) - quad(changed, index))
    } tail: {
      Double(p[$0]) * (Double(z[$0]) - Double(changed[$0]))
    }
  }

  @inline(__always)
  private static func quad(_ values: UnsafePointer<Float>, _ index: Int) -> SIMD4<Double> {
    SIMD4<Double>(UnsafeRawPointer(values + index).loadUnaligned(as: SIMD4<Float>.self))
  }

  /// Sums terms in an order that depends on their number alone.
  @inline(__always)
  private static func sum(_ count: Int, _ quad: (Int) -> SIMD4<Double>, tail: (Int) -> Double) -> Double {
    let whole = count / 8 * 8
    var (low, high) = (SIMD4<Double>(), SIMD4<Double>())
    for index in stride(from: 0, to: whole, by: 8) {
      low += quad(index)
      high += quad(index + 4)
    }
    var sum = (low + high).sum()
    for index in whole..<count { sum += tail(index) }
    return sum
  }
}

/// A table `[row][column]` with two adjacent columns in a vector: a row is a text, a column a block of a metric.
/// Resampling repeatedly sums selected rows.
///
/// Stored tile by tile, so that the rows of one tile stay in a cache while many selections are summed: 30,000 texts are
/// 0.5 MB, whereas wider tiles would be fetched from slower memory row by row (with eight columns a row took 16 ns, two
/// rows at a time take 2). A column is summed in the order of the selection and does not depend on other columns.
struct ColumnTiles {
  typealias Vector = SIMD2<Double>
  static let width = Vector.scalarCount

  /// Sums of selected rows, and of their squares.
  struct Sums {
    var values = Vector()
    var squares = Vector()

    @inline(__always) mutating func add(_ row: Vector) {
      values += row
      squares += row * row
    }

    /// Returns the sum of squared distances from the mean, `Σx² - (Σx)²/n`; 0 if it is no more than rounding.
    func scatter(_ count: Double) -> Vector {
      let scatter = squares - values * values / count
      return scatter.replacing(with: 0, where: scatter .< squares * 1e-13)
    }
  }

  let rows: Int
  let columns: Int
  /// Number of tiles; padding columns are 0.
  let count: Int
  /// `[tile][row]`.
  private var values: [Vector]

  /// Returns the number of tiles for a number of columns.
  static func count(_ columns: Int) -> Int { (columns + width - 1) / width }

  /// Reads some rows of a store, one range after the other.
  ///
  /// - Parameter range: the tiles; nil for all.
  /// - Throws: ``ComparisonError/unreadable(reason:)``.
  init(_ store: TileStore, _ parts: [Range<Int>], tiles range: Range<Int>? = nil) throws(ComparisonError) {
    let range = range ?? 0..<Self.count(store.columns)
    rows = parts.reduce(0) { $0 + $1.count }
    columns = min(store.columns, range.upperBound * Self.width) - range.lowerBound * Self.width
    count = range.count
    values = []
    values.reserveCapacity(rows * count)
    for tile in range {
      for part in parts { values += try store.vectors(tile: tile, part) }
    }
  }

  /// Subtracts a center from each column of some rows: sums of squares keep their digits if it is near the mean.
  mutating func center(_ rows: Range<Int>, at centers: [Double]) {
    for tile in 0..<count {
      let center = Self.vector(tile, centers)
      for row in rows { values[tile * self.rows + row] -= center }
    }
  }

  /// Sets all columns except the kept ones to zero.
  mutating func keep(_ kept: [Bool]) {
    for tile in 0..<count {
      let isKept = Self.vector(tile, kept.map { $0 ? 1 : 0 }) .> 0
      for place in tile * rows..<(tile + 1) * rows {
        values[place] = Vector().replacing(with: values[place], where: isKept)
      }
    }
  }

  /// Returns a tile's part of a row, padded with 0.
  private static func vector(_ tile: Int, _ row: [Double]) -> Vector {
    var vector = Vector()
    for (lane, value) in row.dropFirst(tile * width).prefix(width).enumerated() { vector[lane] = value }
    return vector
  }

  subscript(row: Int, column: Int) -> Double { values[column / Self.width * rows + row][column % Self.width] }

  /// Returns the mean of each column, with rows added in order; 0 without rows.
  func means() -> [Double] {
    (0..<columns).map { column in RunningStatistics((0..<rows).lazy.map { self[$0, column] }).mean ?? 0 }
  }

  /// Returns the sums of the rows `choice[range]` of a tile.
  func sums(tile: Int, _ choice: [UInt32], _ range: Range<Int>) -> Sums {
    var sums = Sums()
    forEachRow(tile, choice, range) { row in
      sums.values += row
      sums.squares += row * row
    }
    return sums
  }

  /// As above, without the squares.
  func sum(tile: Int, _ choice: [UInt32], _ range: Range<Int>) -> Vector {
    var sum = Vector()
    forEachRow(tile, choice, range) { sum += $0 }
    return sum
  }

  /// As above, for several consecutive selections.
  ///
  /// - Parameters:
  ///   - choices: selections of `size` rows each.
  ///   - part: the part of each selection that is summed.
  func sums(tile: Int, _ choices: [UInt32], size: Int, part: Range<Int>) -> [Sums] {
    let count = size > 0 ? choices.count / size : 0
    var sums = [Sums](repeating: Sums(), count: count)
    let values = values[tile * rows..<(tile + 1) * rows]
    choices.withUnsafeBufferPointer { choices in
      guard let choices = choices.baseAddress else { return }
      // Four at a time, because each addition to a sum depends on the previous one.
      func forEachGroup(_ body: (_ first: Int, _ places: [UnsafePointer<UInt32>]) -> Void) {
        for first in stride(from: 0, to: count, by: 4) {
          body(first, (first..<first + 4).map { choices + min($0, count - 1) * size })
        }
      }
      if values.count <= Self.rowsInCache {
        values.withUnsafeBufferPointer { values in
          guard let values = values.baseAddress else { return }
          forEachGroup { first, places in
            let found = Self.sums(values, places, part)
            for index in first..<min(first + 4, count) { sums[index] = found[index - first] }
          }
        }
        return
      }
      // Column by column: half a tile stays in the cache where a whole one does not.
      for lane in 0..<Self.width {
        values.map { $0[lane] }.withUnsafeBufferPointer { values in
          guard let values = values.baseAddress else { return }
          forEachGroup { first, places in
            let found = Self.sums(values, places, part)
            for index in first..<min(first + 4, count) {
              (sums[index].values[lane], sums[index].squares[lane]) = found[index - first]
            }
          }
        }
      }
    }
    return sums
  }

  /// Most rows of a tile that stays in the second-level cache beside the selections.
  private static let rowsInCache = 1 << 14

  /// Returns the sums of a part of four selections.
  private static func sums(
    _ values: UnsafePointer<Vector>, _ choices: [UnsafePointer<UInt32>], _ part: Range<Int>
  ) -> [Sums] {
    let (first, second, third, fourth) = (choices[0], choices[1], choices[2], choices[3])
    var (a, b, c, d) = (Sums(), Sums(), Sums(), Sums())
    for index in part {
      a.add(values[Int(first[index])])
      b.add(values[Int(second[index])])
      c.add(values[Int(third[index])])
      d.add(values[Int(fourth[index])])
    }
    return [a, b, c, d]
  }

  /// As above, of one column.
  private static func sums(
    _ values: UnsafePointer<Double>, _ choices: [UnsafePointer<UInt32>], _ part: Range<Int>
  ) -> [(values: Double, squares: Double)] {
    let (first, second, third, fourth) = (choices[0], choices[1], choices[2], choices[3])
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    var (a2, b2, c2, d2) = (0.0, 0.0, 0.0, 0.0)
    for index in part {
      let (x, y) = (values[Int(first[index])], values[Int(second[index])])
      let (z, w) = (values[Int(third[index])], values[Int(fourth[index])])
      a += x
      b += y
      c += z
      d += w
      a2 += x * x
      b2 += y * y
      c2 += z * z
      d2 += w * w
    }
    return [(a, a2), (b, b2), (c, c2), (d, d2)]
  }

  /// Calls `body` with the rows of a selection in order, with bounds checks only at the ends: the indices are below the
  /// number of rows by construction.
  @inline(__always)
  private func forEachRow(_ tile: Int, _ choice: [UInt32], _ range: Range<Int>, _ body: (Vector) -> Void) {
    let chosen = choice[range]
    values[tile * rows..<(tile + 1) * rows].withUnsafeBufferPointer { values in
      chosen.withUnsafeBufferPointer { chosen in
        guard let values = values.baseAddress else { return }
        for index in chosen { body(values[Int(index)]) }
      }
    }
  }

  /// Returns the sums of all rows, each multiplied by its sign, 1 or -1.
  func sums(tile: Int, signs: [Double]) -> Sums {
    var sums = Sums()
    for (row, sign) in signs.enumerated() {
      let row = values[tile * rows + row]
      sums.values += sign * row
      sums.squares += row * row
    }
    return sums
  }

  /// Returns the sums of a range of rows.
  func sums(tile: Int, rows range: Range<Int>) -> Sums {
    var sums = Sums()
    for row in range {
      let row = values[tile * rows + row]
      sums.values += row
      sums.squares += row * row
    }
    return sums
  }
}

extension [ColumnTiles.Vector] {
  /// Returns the value of a column, for an array of one vector per tile in order.
  func column(_ index: Int) -> Double { self[index / ColumnTiles.width][index % ColumnTiles.width] }
}

import Foundations

/// A table `[row][column]` with two adjacent columns in a vector: a row is a text, a column a block of a metric.
/// Resampling repeatedly sums selected rows.
///
/// Stored tile by tile, so that the rows of one tile stay in a cache while many selections are summed: 30,000 texts are
/// 0.5 MB, whereas wider tiles would be fetched from slower memory row by row. A column is summed in the order of the
/// selection and does not depend on other columns.
package struct ColumnTiles {
  package typealias Vector = SIMD2<Double>
  package static let width = Vector.scalarCount

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

  package let rows: Int
  package let columns: Int
  /// Number of tiles; padding columns are 0.
  package let count: Int
  /// `[tile][row]`.
  private var values: [Vector]

  /// Returns the number of tiles for a number of columns.
  package static func count(_ columns: Int) -> Int { (columns + width - 1) / width }

  /// Reads some rows of a store, one range after the other.
  ///
  /// - Parameter range: the tiles; nil for all.
  /// - Throws: `FileError`.
  package init(_ store: TileStore, _ parts: [Range<Int>], tiles range: Range<Int>? = nil) throws(FileError) {
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
  package mutating func center(_ rows: Range<Int>, at centers: [Double]) {
    for tile in 0..<count {
      let center = Self.vector(tile, centers)
      for row in rows { values[tile * self.rows + row] -= center }
    }
  }

  /// Sets all columns except the kept ones to zero.
  package mutating func keep(_ kept: [Bool]) {
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
  package func means() -> [Double] {
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
    values.withUnsafeBufferPointer { values in
      choices.withUnsafeBufferPointer { choices in
        guard let values = values.baseAddress, let choices = choices.baseAddress else { return }
        // Four at a time, because each addition to a sum depends on the previous one.
        for first in stride(from: 0, to: count, by: 4) {
          let places = (0..<4).map { choices + min(first + $0, count - 1) * size }
          let found = Self.sums(values, places[0], places[1], places[2], places[3], part)
          for (index, found) in [found.0, found.1, found.2, found.3].enumerated() where first + index < count {
            sums[first + index] = found
          }
        }
      }
    }
    return sums
  }

  private static func sums(
    _ values: UnsafePointer<Vector>, _ first: UnsafePointer<UInt32>, _ second: UnsafePointer<UInt32>,
    _ third: UnsafePointer<UInt32>, _ fourth: UnsafePointer<UInt32>, _ part: Range<Int>
  ) -> (Sums, Sums, Sums, Sums) {
    var (a, b, c, d) = (Sums(), Sums(), Sums(), Sums())
    for index in part {
      a.add(values[Int(first[index])])
      b.add(values[Int(second[index])])
      c.add(values[Int(third[index])])
      d.add(values[Int(fourth[index])])
    }
    return (a, b, c, d)
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

/// A table `[row][column]` with eight columns side by side in a vector: a row is a text, a column a block of a metric. What
/// resampling does over and over is to add up chosen rows.
///
/// Kept tile by tile, so that the rows of one tile stay in a cache while many choices are added up. A column's sums are made in
/// the order of the choice and depend on no other column.
struct ColumnTiles {
  typealias Vector = SIMD8<Double>
  static let width = Vector.scalarCount

  /// The sum of chosen rows, and of their squares.
  struct Sums {
    var values = Vector()
    var squares = Vector()

    /// The sum of squared distances from the mean, `Σx² - (Σx)²/n`; 0 where it is no more than rounding.
    func scatter(_ count: Double) -> Vector {
      let scatter = squares - values * values / count
      return scatter.replacing(with: 0, where: scatter .< squares * 1e-13)
    }
  }

  let rows: Int
  let columns: Int
  /// Number of tiles; columns beyond the table's are 0.
  let count: Int
  /// `[tile][row]`.
  private var values: [Vector]

  /// Number of tiles of so many columns.
  static func count(_ columns: Int) -> Int { (columns + width - 1) / width }

  /// A table of zeros.
  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    count = Self.count(columns)
    values = [Vector](repeating: Vector(), count: rows * count)
  }

  /// Rows of another table, one part after the other, less a center for each column: sums of squares keep their digits where
  /// this is near the mean.
  ///
  /// - Parameter kept: where it is false, a column is all zeros.
  init(_ table: ColumnTiles, _ parts: [(rows: Range<Int>, centers: [Double])], kept: [Bool]? = nil) {
    self.init(rows: parts.reduce(0) { $0 + $1.rows.count }, columns: table.columns)
    for tile in 0..<count {
      let isKept = Self.vector(tile, kept?.map { $0 ? 1 : 0 } ?? Array(repeating: 1, count: columns)) .> 0
      var place = tile * rows
      for part in parts {
        let center = Self.vector(tile, part.centers)
        for row in part.rows {
          values[place] = Vector().replacing(with: table.values[tile * table.rows + row] - center, where: isKept)
          place += 1
        }
      }
    }
  }

  /// Takes a center off each column.
  mutating func center(at centers: [Double]) {
    for tile in 0..<count {
      let center = Self.vector(tile, centers)
      for place in tile * rows..<(tile + 1) * rows { values[place] -= center }
    }
  }

  /// A tile's part of a row; 0 beyond its end.
  private static func vector(_ tile: Int, _ row: [Double]) -> Vector {
    var vector = Vector()
    for (lane, value) in row.dropFirst(tile * width).prefix(width).enumerated() { vector[lane] = value }
    return vector
  }

  subscript(row: Int, column: Int) -> Double {
    get { values[column / Self.width * rows + row][column % Self.width] }
    set { values[column / Self.width * rows + row][column % Self.width] = newValue }
  }

  /// The values of a column, those of some rows.
  func column(_ column: Int, _ rows: Range<Int>) -> LazyMapSequence<Range<Int>, Double> {
    rows.lazy.map { self[$0, column] }
  }

  /// The mean of each column, rows added in their order; 0 without one.
  func means(_ parts: Range<Int>...) -> [Double] {
    (0..<columns).map { column in
      var statistics = RunningStatistics()
      for rows in parts { for value in self.column(column, rows) { statistics.add(value) } }
      return statistics.mean ?? 0
    }
  }

  /// Adds up the rows `choice[range]` of a tile.
  func sums(tile: Int, _ choice: [UInt32], _ range: Range<Int>) -> Sums {
    var sums = Sums()
    forEachRow(tile, choice, range) { row in
      sums.values += row
      sums.squares += row * row
    }
    return sums
  }

  /// The same without the squares.
  func sum(tile: Int, _ choice: [UInt32], _ range: Range<Int>) -> Vector {
    var sum = Vector()
    forEachRow(tile, choice, range) { sum += $0 }
    return sum
  }

  /// Hands over the rows of a choice in its order. The loop is nearly all that resampling does: it has no checks but those of the
  /// ends, and the numbers of the choice are below the number of rows by how they are drawn.
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

  /// Adds up all rows, each times its sign, 1 or -1.
  func sums(tile: Int, signs: [Double]) -> Sums {
    var sums = Sums()
    for (row, sign) in signs.enumerated() {
      let row = values[tile * rows + row]
      sums.values += sign * row
      sums.squares += row * row
    }
    return sums
  }

  /// Adds up a range of rows.
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
  /// The value of a column where the vectors are those of the tiles in order.
  func column(_ index: Int) -> Double { self[index / ColumnTiles.width][index % ColumnTiles.width] }
}

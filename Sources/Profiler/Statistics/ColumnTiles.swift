/// A table `[row][column]`, less a center for each column, with eight columns side by side in a vector: a row is a text, a
/// column a block of a metric. What resampling does over and over is to add up chosen rows.
///
/// Kept tile by tile, so that the rows of one tile stay in the first-level cache while thousands of choices are added up. A
/// column's sums are made in the order of the choice and depend on no other column.
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
  /// Number of tiles; columns beyond the table's are 0.
  let count: Int
  /// `[tile][row]`.
  private let values: [Vector]

  /// - Parameter centers: taken off each column. Sums of squares keep their digits where this is near the mean.
  init(_ table: [[Double]], centers: [Double]) {
    rows = table.count
    count = (centers.count + Self.width - 1) / Self.width
    var values = [Vector](repeating: Vector(), count: rows * count)
    for (row, cells) in table.enumerated() {
      for (column, (cell, center)) in zip(cells, centers).enumerated() {
        values[column / Self.width * table.count + row][column % Self.width] = cell - center
      }
    }
    self.values = values
  }

  /// Adds up the rows `choice[range]` of a tile.
  func sums(tile: Int, _ choice: [Int], _ range: Range<Int>) -> Sums {
    let start = tile * rows
    var sums = Sums()
    for index in range {
      let row = values[start + choice[index]]
      sums.values += row
      sums.squares += row * row
    }
    return sums
  }

  /// The same without the squares.
  func sum(tile: Int, _ choice: [Int], _ range: Range<Int>) -> Vector {
    let start = tile * rows
    var sum = Vector()
    for index in range { sum += values[start + choice[index]] }
    return sum
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

  func value(row: Int, column: Int) -> Double { values[column / Self.width * rows + row][column % Self.width] }

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

import Foundation
import Foundations

/// The table from which ``ColumnTiles`` are read, filled column by column: in memory or, if it does not fit, in an
/// unnamed file.
package struct TileStore {
  typealias Vector = ColumnTiles.Vector

  package let rows: Int
  package let columns: Int
  /// The tile to which columns are added.
  private var open: [Vector]
  private var filled = 0
  /// `[tile][row]`; empty if there is a file.
  private var held: [Vector] = []
  private let file: ScratchFile?

  /// - Parameter folder: location of the file; nil for a table in memory.
  /// - Throws: `FileError` if the file cannot be created.
  package init(rows: Int, columns: Int, in folder: URL?) throws(FileError) {
    self.rows = rows
    self.columns = columns
    open = Array(repeating: Vector(), count: rows)
    file = try folder.map { folder throws(FileError) in try ScratchFile(in: folder) }
    if file == nil { held.reserveCapacity(rows * ColumnTiles.count(columns)) }
  }

  /// Adds a column of ``rows`` values; the table is complete after ``columns`` calls.
  package mutating func append(_ column: [Double]) throws(FileError) {
    let lane = filled % ColumnTiles.width
    for (row, value) in column.enumerated() { open[row][lane] = value }
    filled += 1
    guard lane == ColumnTiles.width - 1 || filled == columns else { return }
    if let file {
      try file.write(open, at: (filled - 1) / ColumnTiles.width * rows)
    } else {
      held += open
    }
    // Padding columns are 0.
    open = filled == columns ? [] : Array(repeating: Vector(), count: rows)
  }

  /// Returns some rows of a tile.
  func vectors(tile: Int, _ range: Range<Int>) throws(FileError) -> ArraySlice<Vector> {
    let start = tile * rows
    guard let file else { return held[start + range.lowerBound..<start + range.upperBound] }
    return try file.read(range.count, at: start + range.lowerBound)[...]
  }
}

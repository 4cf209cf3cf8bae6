import Foundation
import LlamaCore

/// The table from which ``ColumnTiles`` are read, filled column by column: in memory or, if it does not fit, in an
/// unnamed file.
struct TileStore {
  typealias Vector = ColumnTiles.Vector

  let rows: Int
  let columns: Int
  /// The tile to which columns are added.
  private var open: [Vector]
  private var filled = 0
  /// `[tile][row]`; empty if there is a file.
  private var held: [Vector] = []
  private let file: ScratchFile?

  /// - Parameter folder: location of the file; nil for a table in memory.
  /// - Throws: ``ComparisonError/unreadable(reason:)`` if the file cannot be created.
  init(rows: Int, columns: Int, in folder: URL?) throws(ComparisonError) {
    self.rows = rows
    self.columns = columns
    open = Array(repeating: Vector(), count: rows)
    file = try folder.map { folder throws(ComparisonError) in
      try Self.attempt { () throws(FileError) in try ScratchFile(in: folder) }
    }
    if file == nil { held.reserveCapacity(rows * ColumnTiles.count(columns)) }
  }

  /// Adds a column of ``rows`` values; the table is complete after ``columns`` calls.
  mutating func append(_ column: [Double]) throws(ComparisonError) {
    let lane = filled % ColumnTiles.width
    for (row, value) in column.enumerated() { open[row][lane] = value }
    filled += 1
    guard lane == ColumnTiles.width - 1 || filled == columns else { return }
    if let file {
      let place = (filled - 1) / ColumnTiles.width * rows
      try Self.attempt { () throws(FileError) in try file.write(open, at: place) }
    } else {
      held += open
    }
    // Padding columns are 0.
    open = filled == columns ? [] : Array(repeating: Vector(), count: rows)
  }

  /// Returns some rows of a tile.
  func vectors(tile: Int, _ range: Range<Int>) throws(ComparisonError) -> ArraySlice<Vector> {
    let start = tile * rows
    guard let file else { return held[start + range.lowerBound..<start + range.upperBound] }
    return try Self.attempt { () throws(FileError) in try file.read(range.count, at: start + range.lowerBound) }[...]
  }

  private static func attempt<Result>(_ body: () throws(FileError) -> Result) throws(ComparisonError) -> Result {
    do {
      return try body()
    } catch {
      throw .unreadable(reason: error.description)
    }
  }
}

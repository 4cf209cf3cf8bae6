import Foundation
import LlamaCore

/// The table that ``ColumnTiles`` are parts of, filled column by column: in memory or, where there is no room, in a file without
/// a name.
struct TileStore {
  typealias Vector = ColumnTiles.Vector

  let rows: Int
  let columns: Int
  /// The tile that columns are added to.
  private var open: [Vector]
  private var filled = 0
  /// `[tile][row]`; empty where there is a file.
  private var held: [Vector] = []
  private let file: ScratchFile?

  /// - Parameter folder: where to make a file; nil for a table in memory.
  /// - Throws: ``ComparisonError/unreadable(reason:)`` where none can be made.
  init(rows: Int, columns: Int, in folder: URL?) throws(ComparisonError) {
    self.rows = rows
    self.columns = columns
    open = Array(repeating: Vector(), count: rows)
    file = try folder.map { folder throws(ComparisonError) in
      try Self.attempt { () throws(FileError) in try ScratchFile(in: folder) }
    }
    if file == nil { held.reserveCapacity(rows * ColumnTiles.count(columns)) }
  }

  /// Adds a column of ``rows`` values; with the last of ``columns`` the table is complete.
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
    // Columns beyond the table's are 0.
    open = filled == columns ? [] : Array(repeating: Vector(), count: rows)
  }

  /// Some rows of a tile.
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

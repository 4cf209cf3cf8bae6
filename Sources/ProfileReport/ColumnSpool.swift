import Foundation
import Foundations

/// Table that is written row by row and read column by column, in memory independent of the number of rows.
///
/// A row is a text; a column is a metric in a scope and holds a value for each block. Rows are collected in chunks of a
/// few megabytes, within which each column is contiguous; full chunks go to an anonymous file. A small table stays in
/// memory.
struct ColumnSpool: Sendable {
  /// Bytes of a chunk.
  static let chunkBytes = 4_000_000

  let columns: Int
  /// Number of values in a cell.
  let width: Int
  /// Number of rows in a full chunk.
  let chunkRows: Int
  private(set) var rows = 0
  /// Rows after the last full chunk, as `[column][row][block]`.
  private var last: [Double]
  private var file: ScratchFile?
  private let folder: URL

  /// - Parameter folder: location of the file of a large table.
  init(columns: Int, width: Int, in folder: URL) {
    self.columns = columns
    self.width = width
    self.folder = folder
    let rowBytes = max(1, columns * width * MemoryLayout<Double>.stride)
    chunkRows = max(1, Self.chunkBytes / rowBytes)
    last = Array(repeating: .nan, count: chunkRows * columns * width)
  }

  /// Number of values in a full chunk.
  private var chunkSize: Int { chunkRows * columns * width }
  /// Number of chunks, including a partial last one.
  var chunks: Int { (rows + chunkRows - 1) / chunkRows }

  /// Row range of a chunk.
  func rows(of chunk: Int) -> Range<Int> { chunk * chunkRows..<min(rows, (chunk + 1) * chunkRows) }

  /// Adds a row.
  ///
  /// - Parameter cells: `[column][block]`.
  /// - Throws: `FileError` if there is no room for the file.
  mutating func append(_ cells: [Double]) throws(FileError) {
    let row = rows % chunkRows
    for column in 0..<columns {
      let start = (column * chunkRows + row) * width
      for block in 0..<width { last[start + block] = cells[column * width + block] }
    }
    rows += 1
    guard row == chunkRows - 1 else { return }
    if file == nil { file = try ScratchFile(in: folder) }
    try file?.write(last, at: (rows / chunkRows - 1) * chunkSize)
  }

  /// Returns the cells of some columns as `[column][row][block]`, padded to ``chunkRows`` rows even in a partial chunk.
  ///
  /// - Throws: `FileError`.
  func read(_ columns: Range<Int>, chunk: Int) throws(FileError) -> [Double] {
    let size = chunkRows * width
    if chunk == rows / chunkRows { return Array(last[columns.lowerBound * size..<columns.upperBound * size]) }
    return try file?.read(columns.count * size, at: chunk * chunkSize + columns.lowerBound * size) ?? []
  }
}

import Foundation
import LlamaCore

/// A table that is written row by row and read column by column, in memory that does not depend on its rows.
///
/// A row is a text; a column is a metric in a scope and holds a value for each block. Rows are gathered in chunks of a few
/// megabytes, within which columns lie one after the other; full chunks go to a file without a name. A small table never
/// leaves memory.
struct ColumnSpool: Sendable {
  /// Bytes of a chunk.
  static let chunkBytes = 4_000_000

  let columns: Int
  /// Values of a cell.
  let width: Int
  /// Rows of a full chunk.
  let chunkRows: Int
  private(set) var rows = 0
  /// `[column][row][block]` of the rows after the last full chunk.
  private var last: [Double]
  private var file: ScratchFile?
  private let folder: URL

  /// - Parameter folder: where a large table is kept.
  init(columns: Int, width: Int, in folder: URL) {
    self.columns = columns
    self.width = width
    self.folder = folder
    let rowBytes = max(1, columns * width * MemoryLayout<Double>.stride)
    chunkRows = max(1, Self.chunkBytes / rowBytes)
    last = Array(repeating: .nan, count: chunkRows * columns * width)
  }

  /// Numbers of a full chunk.
  private var chunkSize: Int { chunkRows * columns * width }
  /// Chunks, the last of which need not be full.
  var chunks: Int { (rows + chunkRows - 1) / chunkRows }

  /// The rows of a chunk.
  func rows(of chunk: Int) -> Range<Int> { chunk * chunkRows..<min(rows, (chunk + 1) * chunkRows) }

  /// Adds a row.
  ///
  /// - Parameter cells: `[column][block]`.
  /// - Throws: `FileError` where there is no room for the file.
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

  /// The cells of some columns: `[column][row][block]`, with ``chunkRows`` rows also in a chunk that has fewer.
  ///
  /// - Throws: `FileError`.
  func read(_ columns: Range<Int>, chunk: Int) throws(FileError) -> [Double] {
    let size = chunkRows * width
    if chunk == rows / chunkRows { return Array(last[columns.lowerBound * size..<columns.upperBound * size]) }
    return try file?.read(columns.count * size, at: chunk * chunkSize + columns.lowerBound * size) ?? []
  }
}

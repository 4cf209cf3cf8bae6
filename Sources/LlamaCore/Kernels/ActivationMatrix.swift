import Foundations

/// Input of a product, `[rows, columns]` in the precision of the computation.
///
/// The parts of the columns that are summed separately (``Summation``) are consecutive, each a contiguous matrix:
/// oneDNN has no fast kernel for other layouts.
package final class ActivationMatrix: @unchecked Sendable {
  /// Address of the first element.
  package let address: UnsafeMutableRawPointer
  let columns: Int
  /// Ranges of columns that are contiguous.
  let parts: [Range<Int>]
  private let rows: Int
  private let precision: Precision
  private let memory: PageMemory

  /// Creates a zero matrix with contiguous rows.
  package convenience init(rows: Int, columns: Int, _ precision: Precision) {
    self.init(
      rows: rows, columns: columns, precision, parts: [0..<columns],
      in: PageMemory(byteCount: rows * columns * precision.byteCount))
  }

  /// Creates a matrix in shared memory, whose other users have disjoint lifetimes.
  init(rows: Int, columns: Int, _ precision: Precision, parts: [Range<Int>], in memory: PageMemory) {
    self.rows = rows
    self.columns = columns
    self.precision = precision
    self.parts = parts
    self.memory = memory
    address = memory.address
  }

  /// Returns the address of a row of a part.
  package func row(_ row: Int, part: Int = 0) -> UnsafeMutableRawPointer {
    let part = parts[part]
    return address + (rows * part.lowerBound + row * part.count) * precision.byteCount
  }

  /// Copies a row to another.
  func copyRow(_ source: Int, to target: Int) {
    for part in parts.indices {
      row(target, part: part).copyMemory(
        from: row(source, part: part), byteCount: parts[part].count * precision.byteCount)
    }
  }

  /// Stores `count` numbers in a row from `column` on, rounded if the precision requires it.
  package func store(_ values: UnsafePointer<Float>, count: Int, row: Int, column: Int) {
    forEachPiece(count: count, row: row, column: column) { target, start, count in
      switch precision {
      case .float32: target.copyMemory(from: values + start, byteCount: count * MemoryLayout<Float>.stride)
      case .bfloat16:
        Rounding.round(values + start, into: target.assumingMemoryBound(to: UInt16.self), count: count)
      }
    }
  }

  /// Stores `count` numbers that already have the operand's precision.
  func copy(_ values: UnsafeRawPointer, count: Int, row: Int, column: Int) {
    forEachPiece(count: count, row: row, column: column) { target, start, count in
      target.copyMemory(from: values + start * precision.byteCount, byteCount: count * precision.byteCount)
    }
  }

  /// Calls `body` with the destination and the numbers of each piece of a range of columns.
  @inline(__always)
  private func forEachPiece(
    count: Int, row: Int, column: Int, _ body: (_ target: UnsafeMutableRawPointer, _ start: Int, _ count: Int) -> Void
  ) {
    for (index, part) in parts.enumerated() {
      let piece = part.clamped(to: column..<column + count)
      if piece.isEmpty { continue }
      let target = self.row(row, part: index) + (piece.lowerBound - part.lowerBound) * precision.byteCount
      body(target, piece.lowerBound - column, piece.count)
    }
  }
}

/// The input of a product, `[rows, columns]` in the precision it is computed in.
///
/// The parts of its columns that are summed apart (``Summation``) lie one after the other, each a matrix without gaps: for
/// others oneDNN has no fast kernel.
final class ActivationMatrix: @unchecked Sendable {
  /// The first element.
  let address: UnsafeMutableRawPointer
  let columns: Int
  /// Columns that lie together.
  let parts: [Range<Int>]
  private let rows: Int
  private let precision: Precision
  private let memory: PageMemory

  /// Zeros, all columns of a row together.
  convenience init(rows: Int, columns: Int, _ precision: Precision) {
    self.init(
      rows: rows, columns: columns, precision, parts: [0..<columns],
      in: PageMemory(byteCount: rows * columns * precision.byteCount))
  }

  /// In memory that has room for the rows, and which others may use at other times.
  init(rows: Int, columns: Int, _ precision: Precision, parts: [Range<Int>], in memory: PageMemory) {
    self.rows = rows
    self.columns = columns
    self.precision = precision
    self.parts = parts
    self.memory = memory
    address = memory.address
  }

  /// Where a row of a part begins.
  func row(_ row: Int, part: Int = 0) -> UnsafeMutableRawPointer {
    let part = parts[part]
    return address + (rows * part.lowerBound + row * part.count) * precision.byteCount
  }

  /// Stores `count` numbers in a row from `column` on, rounded where the precision asks for it.
  func store(_ values: UnsafePointer<Float>, count: Int, row: Int, column: Int) {
    forEachPiece(count: count, row: row, column: column) { target, start, count in
      switch precision {
      case .float32: target.copyMemory(from: values + start, byteCount: count * MemoryLayout<Float>.stride)
      case .bfloat16:
        Rounding.round(values + start, into: target.assumingMemoryBound(to: UInt16.self), count: count)
      }
    }
  }

  /// Stores `count` numbers that are in the operand's precision already.
  func copy(_ values: UnsafeRawPointer, count: Int, row: Int, column: Int) {
    forEachPiece(count: count, row: row, column: column) { target, start, count in
      target.copyMemory(from: values + start * precision.byteCount, byteCount: count * precision.byteCount)
    }
  }

  /// Calls `body` with where the pieces of a stretch of columns go, and which numbers they are.
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

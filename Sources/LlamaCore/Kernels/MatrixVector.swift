/// Products of a matrix with a few vectors, computed directly from the stored matrix: the core of a decoding step.
///
/// Memory bandwidth is the bottleneck, so the matrix is read from memory once for all vectors and widened in registers.
/// An element of the result is summed in eight lanes over the row's columns, in an order that depends on the number of
/// columns alone: the bits do not depend on the other rows and vectors, or on the loop that computes it.
package enum MatrixVector {
  /// Computes `output[v, r] = Σ matrix[r, c] · inputs[v, c]`.
  ///
  /// - Parameters:
  ///   - matrix: `[rows, columns]` of F32, F16 or BF16 at any address, `rowBytes` from one row to the next.
  ///   - inputs: `[vectors, columns]`, contiguous; for F16 and BF16 in the order of ``pair(_:count:into:)``.
  ///   - output: `[vectors, rows]`, `stride` elements from one vector's results to the next.
  package static func multiply(
    _ matrix: UnsafeRawPointer, of format: WeightFormat, rows: Int, columns: Int, rowBytes: Int,
    _ inputs: UnsafePointer<Float>, vectors: Int, into output: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let shape = Shape(rows: rows, columns: columns, rowBytes: rowBytes, vectors: vectors, stride: stride)
    switch format {
    case .f32: multiply(matrix, Float32Row.self, shape, inputs, output)
    case .f16: multiply(matrix, Float16Row.self, shape, inputs, output)
    case .bf16: multiply(matrix, BFloat16Row.self, shape, inputs, output)
    }
  }

  /// Permutes a vector into the order in which a matrix with two-byte elements is read: in every group of 16, first the
  /// elements at even positions, then those at odd ones, because a word holds two.
  package static func pair(_ input: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>) {
    output.update(from: input, count: count)
    for start in stride(from: 0, to: count / 16 * 16, by: 16) {
      let block = UnsafeRawPointer(input + start).loadUnaligned(as: SIMD16<Float>.self)
      let place = UnsafeMutableRawPointer(output + start)
      place.storeBytes(of: block.evenHalf, as: Lanes.self)
      place.storeBytes(of: block.oddHalf, toByteOffset: 32, as: Lanes.self)
    }
  }

  /// Number of rows that ``accumulate(_:_:rows:columns:stride:into:)`` adds in one chain, whose error grows with its
  /// length; the sums of the chains are added afterwards.
  private static let chain = 128

  /// Computes `output[c] = Σ factors[r] · matrix[r, c]`, rows in ascending order; `stride` elements between consecutive
  /// rows.
  package static func accumulate(
    _ factors: UnsafePointer<Float>, _ matrix: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    into output: UnsafeMutablePointer<Float>
  ) {
    output.update(repeating: 0, count: columns)
    for first in Swift.stride(from: 0, to: rows, by: chain) {
      addChain(
        factors + first, matrix + first * stride, rows: min(chain, rows - first), columns: columns, stride: stride,
        to: output)
    }
  }

  /// Computes the sum of a few rows separately and adds it.
  private static func addChain(
    _ factors: UnsafePointer<Float>, _ matrix: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    to output: UnsafeMutablePointer<Float>
  ) {
    var column = 0
    let target = UnsafeMutableRawPointer(output)
    func add(_ sum: Lanes, at place: UnsafeMutableRawPointer) {
      place.storeBytes(of: lanes(place) + sum, as: Lanes.self)
    }
    while column + 32 <= columns {
      var (a, b, c, d) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
      var row = UnsafeRawPointer(matrix + column)
      for index in 0..<rows {
        let factor = factors[index]
        a += lanes(row) * factor
        b += lanes(row + 32) * factor
        c += lanes(row + 64) * factor
        d += lanes(row + 96) * factor
        row += 4 * stride
      }
      let place = target + 4 * column
      add(a, at: place)
      add(b, at: place + 32)
      add(c, at: place + 64)
      add(d, at: place + 96)
      column += 32
    }
    while column + 8 <= columns {
      var sum = Lanes.zero
      for index in 0..<rows { sum += lanes(matrix + index * stride + column) * factors[index] }
      add(sum, at: target + 4 * column)
      column += 8
    }
    while column < columns {
      var sum: Float = 0
      for index in 0..<rows { sum += matrix[index * stride + column] * factors[index] }
      output[column] += sum
      column += 1
    }
  }

  fileprivate typealias Lanes = SIMD8<Float>

  @inline(__always)
  fileprivate static func lanes(_ address: UnsafeRawPointer) -> Lanes { address.loadUnaligned(as: Lanes.self) }

  /// Bytes of a matrix that one vector reads before the others find them in the second-level cache.
  private static let cachedBytes = 1 << 18

  private struct Shape {
    let rows, columns, rowBytes, vectors, stride: Int
  }

  /// Multiplies four rows at a time, each from its own quarter of the matrix.
  ///
  /// The hardware prefetcher follows an instruction that reads memory sequentially. Therefore each of the four streams
  /// has its own instructions and traverses its quarter sequentially, and the vectors after the first, whose rows are
  /// cached, use other instructions. Inputs from the second-level cache cost a quarter of the row-by-row order. On two
  /// cores of Zen 5 this reads 31 GB/s per thread with 8,192 columns; adjacent rows reach 18, one row after the other
  /// 13.
  @inline(__always)
  private static func multiply<Row: StoredRow>(
    _ matrix: UnsafeRawPointer, _ type: Row.Type, _ shape: Shape, _ inputs: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>
  ) {
    let quarter = shape.rows / 4
    let far = quarter * shape.rowBytes
    func store(_ results: SIMD4<Float>, _ row: Int, _ vector: Int) {
      let place = output + vector * shape.stride + row
      place[0] = results[0]
      place[quarter] = results[1]
      place[2 * quarter] = results[2]
      place[3 * quarter] = results[3]
    }
    let height = max(1, cachedBytes / max(1, 4 * shape.rowBytes))
    for first in stride(from: 0, to: quarter, by: height) {
      let rows = first..<min(first + height, quarter)
      for row in rows {
        store(fourRows(matrix + row * shape.rowBytes, type, far, shape.columns, inputs), row, 0)
      }
      for vector in stride(from: 1, to: shape.vectors, by: 1) {
        for row in rows {
          let input = inputs + vector * shape.columns
          store(fourRows(matrix + row * shape.rowBytes, type, far, shape.columns, input), row, vector)
        }
      }
    }
    for row in 4 * quarter..<shape.rows {
      for vector in 0..<shape.vectors {
        let input = inputs + vector * shape.columns
        output[vector * shape.stride + row] = oneRow(matrix + row * shape.rowBytes, type, shape.columns, input)
      }
    }
  }

  /// Multiplies rows that are `far` bytes apart with one vector.
  @inline(__always)
  private static func fourRows<Row: StoredRow>(
    _ matrix: UnsafeRawPointer, _ type: Row.Type, _ far: Int, _ columns: Int, _ input: UnsafePointer<Float>
  ) -> SIMD4<Float> {
    var (a, b, c, d) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var (first, second, third, fourth) = (matrix, matrix + far, matrix + 2 * far, matrix + 3 * far)
    var place = UnsafeRawPointer(input)
    for _ in 0..<columns / 16 {
      let (x, y) = (lanes(place), lanes(place + 32))
      add(Row.load(first), x, y, to: &a)
      add(Row.load(second), x, y, to: &b)
      add(Row.load(third), x, y, to: &c)
      add(Row.load(fourth), x, y, to: &d)
      first += 16 * Row.elementBytes
      second += 16 * Row.elementBytes
      third += 16 * Row.elementBytes
      fourth += 16 * Row.elementBytes
      place += 64
    }
    return SIMD4(
      sum(a, matrix, type, columns, input), sum(b, matrix + far, type, columns, input),
      sum(c, matrix + 2 * far, type, columns, input), sum(d, matrix + 3 * far, type, columns, input))
  }

  @inline(__always)
  private static func oneRow<Row: StoredRow>(
    _ row: UnsafeRawPointer, _ type: Row.Type, _ columns: Int, _ input: UnsafePointer<Float>
  ) -> Float {
    var total = Lanes.zero
    for block in 0..<columns / 16 {
      let place = UnsafeRawPointer(input + 16 * block)
      add(Row.load(row + 16 * block * Row.elementBytes), lanes(place), lanes(place + 32), to: &total)
    }
    return sum(total, row, type, columns, input)
  }

  @inline(__always)
  private static func add(_ weights: (Lanes, Lanes), _ x: Lanes, _ y: Lanes, to total: inout Lanes) {
    total += weights.0 * x
    total += weights.1 * y
  }

  /// Returns the sum of the lanes and of the columns beyond the last whole block.
  @inline(__always)
  private static func sum<Row: StoredRow>(
    _ lanes: Lanes, _ row: UnsafeRawPointer, _ type: Row.Type, _ columns: Int, _ input: UnsafePointer<Float>
  ) -> Float {
    var total = lanes.sum()
    for column in columns / 16 * 16..<columns { total += Row.element(row + column * Row.elementBytes) * input[column] }
    return total
  }
}

/// A storage format of matrix elements.
private protocol StoredRow {
  static var elementBytes: Int { get }
  /// Loads sixteen elements; for two-byte elements in the order of ``MatrixVector/pair(_:count:into:)``.
  static func load(_ address: UnsafeRawPointer) -> (SIMD8<Float>, SIMD8<Float>)
  static func element(_ address: UnsafeRawPointer) -> Float
}

private enum Float32Row: StoredRow {
  static var elementBytes: Int { 4 }

  @inline(__always)
  static func load(_ address: UnsafeRawPointer) -> (SIMD8<Float>, SIMD8<Float>) {
    (MatrixVector.lanes(address), MatrixVector.lanes(address + 32))
  }

  @inline(__always)
  static func element(_ address: UnsafeRawPointer) -> Float { address.loadUnaligned(as: Float.self) }
}

/// Bfloat16, the upper half of a float32; of two, the first is the lower half of the word.
private enum BFloat16Row: StoredRow {
  static var elementBytes: Int { 2 }

  @inline(__always)
  static func load(_ address: UnsafeRawPointer) -> (SIMD8<Float>, SIMD8<Float>) {
    let words = address.loadUnaligned(as: SIMD8<UInt32>.self)
    let upper = words & SIMD8(repeating: 0xFFFF_0000)
    return (unsafeBitCast(words &<< 16, to: SIMD8<Float>.self), unsafeBitCast(upper, to: SIMD8<Float>.self))
  }

  @inline(__always)
  static func element(_ address: UnsafeRawPointer) -> Float {
    Float(bitPattern: UInt32(address.loadUnaligned(as: UInt16.self)) << 16)
  }
}

/// IEEE half precision, widened as in ``Widening``.
private enum Float16Row: StoredRow {
  static var elementBytes: Int { 2 }

  @inline(__always)
  static func load(_ address: UnsafeRawPointer) -> (SIMD8<Float>, SIMD8<Float>) {
    let words = address.loadUnaligned(as: SIMD8<Int32>.self)
    return (widen(words), widen(words &>> 16))
  }

  @inline(__always)
  static func element(_ address: UnsafeRawPointer) -> Float {
    widen(SIMD8(repeating: Int32(address.loadUnaligned(as: UInt16.self))))[0]
  }

  /// Widens the lower halves of eight words. Uses signed numbers, for which baseline x86-64 has vector comparisons.
  @inline(__always)
  private static func widen(_ words: SIMD8<Int32>) -> SIMD8<Float> {
    let magnitude = (words & 0x7FFF) &<< 13
    let scaled = unsafeBitCast(magnitude, to: SIMD8<Float>.self) * Float(bitPattern: 0x7780_0000)
    let bits = unsafeBitCast(scaled, to: SIMD8<Int32>.self) | (words & 0x8000) &<< 16
    let special = bits | 0x7F80_0000
    return unsafeBitCast(bits.replacing(with: special, where: magnitude .>= 0x0F80_0000), to: SIMD8<Float>.self)
  }
}

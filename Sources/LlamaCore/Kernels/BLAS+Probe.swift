import Foundations

extension BLAS {
  /// Multiplies rows together and separately and compares the bits, once per process (milliseconds).
  enum Probe {
    private static let (m, n, k) = (144, 200, 600)
    private static let a = noise(m * k, 1)
    private static let b = noise(n * k, 2)
    private static let whole = multiply(rows: 0..<m, columns: 0..<n)

    static func rowsAreIndependent(alignment: Int) -> Bool {
      // With fewer rows the product would use the code path for small matrices.
      let enough = (smallProduct / (n * k) / alignment + 1) * alignment
      for start in stride(from: 0, to: min(24 * alignment, m - enough), by: alignment) {
        for more in [0, 1, 2, 3, 4, 7, 8, 15, 24, 40] where start + enough + more * alignment <= m {
          let rows = start..<start + enough + more * alignment
          if multiply(rows: rows, columns: 0..<n) != Array(whole[rows.lowerBound * n..<rows.upperBound * n]) {
            return false
          }
        }
      }
      return true
    }

    /// Returns the number of rows from an aligned one on among which a row may move by any offset.
    static func equalRows(alignment: Int) -> Int {
      var equal = alignment
      for shift in stride(from: 1, to: alignment, by: 1) {
        let rows = shift..<shift + (m - alignment) / alignment * alignment
        let moved = multiply(rows: rows, columns: 0..<n)
        for row in rows
        where !moved[(row - shift) * n..<(row - shift + 1) * n].elementsEqual(whole[row * n..<(row + 1) * n]) {
          // One of the row's two positions was beyond the equivalent rows.
          equal = min(equal, max(row % alignment, (row - shift) % alignment))
        }
      }
      return equal
    }

    private static func multiply(rows: Range<Int>, columns: Range<Int>) -> [Float] {
      var result = [Float](repeating: 0, count: rows.count * columns.count)
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          guard let row = a.baseAddress, let column = b.baseAddress else { return }
          alone {
            multiplyTransposed(
              m: rows.count, n: columns.count, k: k, row + rows.lowerBound * k, stride: k,
              column + columns.lowerBound * k, stride: k, into: &result, stride: columns.count)
          }
        }
      }
      return result
    }

    private static func noise(_ count: Int, _ seed: UInt64) -> [Float] {
      var generator = SplitMix64(seed: seed)
      return (0..<count).map { _ in generator.nextSigned() }
    }
  }
}

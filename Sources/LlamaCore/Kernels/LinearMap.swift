import Foundations

/// Products with a linear map in double precision.
package enum LinearMap {
  /// Columns of a matrix that are computed together, whatever the threads.
  private static let width = 256

  /// Returns `W + C · W` in the format of `W`: a linear layer followed by the map `I + C`, merged into its weight.
  ///
  /// - Parameters:
  ///   - matrix: `W`, row-major `[rows, columns]`.
  ///   - rows: outputs of the layer.
  ///   - change: `C`, row-major `[rows, rows]`.
  ///   - format: element format of the result, little-endian.
  ///   - workers: threads that share the columns.
  /// - Returns: the bytes of the result; nil if one of its numbers is not finite or too large for the format.
  static func merged(
    _ matrix: [Float], rows: Int, change: [Double], as format: WeightFormat, _ workers: Workers
  ) -> [UInt8]? {
    guard rows > 0, matrix.count % rows == 0, change.count == rows * rows else { return nil }
    let columns = matrix.count / rows
    let count = (columns + width - 1) / width
    let rowBytes = columns * format.byteCount
    var bytes = [UInt8](repeating: 0, count: rows * rowBytes)
    let areStored = bytes.withUnsafeMutableBytes { bytes -> [Bool] in
      guard let base = bytes.baseAddress else { return [] }
      nonisolated(unsafe) let output = base
      return BLAS.alone {
        workers.map(count) { panel in
          let range = panel * width..<min(columns, (panel + 1) * width)
          let memory = PageMemory(byteCount: 2 * 8 * rows * range.count)
          defer { withExtendedLifetime(memory) {} }
          let old = memory.address.assumingMemoryBound(to: Double.self)
          let new = old + rows * range.count
          for row in 0..<rows {
            for (place, column) in range.enumerated() {
              let value = Double(matrix[row * columns + column])
              old[row * range.count + place] = value
              new[row * range.count + place] = value
            }
          }
          change.withUnsafeBufferPointer { change in
            guard let change = change.baseAddress else { return }
            BLAS.addProduct(
              m: rows, n: range.count, k: rows, change, stride: rows, old, stride: range.count, to: new,
              stride: range.count)
          }
          var isStored = true
          for row in 0..<rows {
            for (place, column) in range.enumerated() {
              let address = output + row * rowBytes + column * format.byteCount
              isStored = Narrowing.store(new[row * range.count + place], as: format, at: address) && isStored
            }
          }
          return isStored
        }
      }
    }
    return areStored.allSatisfy { $0 } ? bytes : nil
  }
}

import Foundations
import LlamaCore

/// Least squares of a linear map over tokens: `C` minimises `Σ ‖C·m_t − d_t‖²` over the tokens' rows `m` and `d` of `D`
/// numbers each.
///
/// The sums `Σ m·mᵀ` and `Σ d·mᵀ` are accumulated in double precision, in the order of the tokens: memory is `2·D²`
/// numbers, whatever their number. Threads share the rows of the sums, not the tokens, so that no bit depends on them.
package final class NormalEquations {
  /// Tokens that are added together, and rows of the sums that a thread adds at once.
  private static let (tokensAtOnce, rowsAtOnce) = (256, 128)

  /// Width of a token's rows, `D`.
  package let width: Int
  /// Number of tokens.
  package private(set) var tokens = 0
  private let gram, right, scratch: PageMemory
  private let workers: Workers

  package init(width: Int, threads: Int) {
    self.width = width
    workers = Workers(threads)
    gram = PageMemory(byteCount: 8 * width * width)
    right = PageMemory(byteCount: 8 * width * width)
    scratch = PageMemory(byteCount: 2 * 8 * Self.tokensAtOnce * width)
  }

  /// Returns the bytes that equations take.
  package static func byteCount(width: Int) -> Int { 2 * 8 * width * (width + tokensAtOnce) }

  /// Adds tokens.
  ///
  /// - Parameters:
  ///   - count: number of tokens.
  ///   - row: writes `m` and `d` of a token, `D` numbers each, to the two addresses; false if one is not finite.
  /// - Returns: false if a number is not finite; the equations are then useless.
  package func add(
    _ count: Int,
    row: (_ token: Int, _ input: UnsafeMutablePointer<Double>, _ change: UnsafeMutablePointer<Double>) -> Bool
  ) -> Bool {
    let inputs = numbers(scratch)
    let changes = inputs + Self.tokensAtOnce * width
    for start in stride(from: 0, to: count, by: Self.tokensAtOnce) {
      let rows = min(Self.tokensAtOnce, count - start)
      for token in 0..<rows where !row(start + token, inputs + token * width, changes + token * width) { return false }
      accumulate(rows)
      tokens += rows
    }
    return true
  }

  /// Adds the products of the rows in the scratch memory to the sums.
  private func accumulate(_ tokens: Int) {
    let (inputs, gram, right) = (numbers(scratch), numbers(gram), numbers(right))
    let changes = inputs + Self.tokensAtOnce * width
    let bands = (width + Self.rowsAtOnce - 1) / Self.rowsAtOnce
    BLAS.alone {
      workers.forEach(2 * bands) { task, _ in
        let first = task / 2 * Self.rowsAtOnce
        let rows = min(Self.rowsAtOnce, width - first)
        // Of the symmetric sums the columns up to the diagonal.
        let (left, sums, columns) = task % 2 == 0 ? (inputs, gram, first + rows) : (changes, right, width)
        BLAS.addTransposedProduct(
          m: rows, n: columns, k: tokens, left + first, stride: width, inputs, stride: width,
          to: sums + first * width, stride: width)
      }
    }
  }

  /// Returns `C`, row-major `[D, D]`, outputs by inputs, and destroys the sums.
  ///
  /// - Parameter ridge: λ relative to the mean of the diagonal of `Σ m·mᵀ`; `λ·‖C‖²` is added to what is minimised, so
  ///   that `C` is 0 in directions in which no `m` points. Zeros if all `m` are.
  /// - Throws: ``LAPACKError`` if the equations with λ are singular.
  package func solve(ridge: Double) throws(LAPACKError) -> [Double] {
    let (gram, right) = (numbers(gram), numbers(right))
    let trace = (0..<width).reduce(0) { $0 + gram[$1 * width + $1] }
    guard trace > 0 else { return Array(repeating: 0, count: width * width) }
    for index in 0..<width { gram[index * width + index] += ridge * trace / Double(width) }
    try PositiveDefinite.solve(gram, right, count: width, columns: width)
    return Array(UnsafeBufferPointer(start: right, count: width * width))
  }

  private func numbers(_ memory: PageMemory) -> UnsafeMutablePointer<Double> {
    memory.address.assumingMemoryBound(to: Double.self)
  }
}

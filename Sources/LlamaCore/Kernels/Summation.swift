/// Division of the sum over the inner dimension of a float32 product.
///
/// The error of a sum grows with the number of terms that are added in one chain: for 2,048 consecutive products it is
/// three times that of eight sums of 256 that are added afterwards. Libraries divide the sum too, but at places of
/// their own choice (OpenBLAS's AVX2 kernels after 320 terms, its AVX-512 kernels after 448, oneDNN 2.6 after 1,024),
/// so it is divided here, at places that depend on the length alone.
package enum Summation {
  /// Minimum number of terms in a part, unless there is only one part.
  private static let shortest = 256
  /// Alignment of parts: whole vectors, and whole groups of ``Packing``.
  private static let step = 32

  /// Returns parts of nearly equal length, in ascending order. In bfloat16, whose rounding error is ten thousand times
  /// larger, the sum is not divided.
  package static func parts(of count: Int, _ precision: Precision) -> [Range<Int>] {
    let parts = precision == .float32 ? max(1, count / shortest) : 1
    let units = count / step
    let bounds = (0..<parts).map { $0 * units / parts * step } + [count]
    return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
  }
}

/// How the sum over the inner dimension of a float32 product is cut.
///
/// The error of a sum grows with the number of terms that are added in one chain: of 2,048 products in a row it is three
/// times that of eight sums of 256 that are added afterwards. Libraries cut the sum too, but where they please (OpenBLAS's
/// AVX2 kernels after 320 terms, its AVX-512 kernels after 448, oneDNN 2.6 after 1,024), so it is done here, at places that
/// depend on the length alone.
package enum Summation {
  /// Fewest terms of a part, unless one part is all there is.
  private static let shortest = 256
  /// What parts begin at a multiple of: whole vectors, and whole groups of ``Packing``.
  private static let step = 32

  /// Parts of nearly equal length, in ascending order. In bfloat16, whose rounding is ten thousand times larger, the sum
  /// stays whole.
  package static func parts(of count: Int, _ precision: Precision) -> [Range<Int>] {
    let parts = precision == .float32 ? max(1, count / shortest) : 1
    let units = count / step
    let bounds = (0..<parts).map { $0 * units / parts * step } + [count]
    return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
  }
}

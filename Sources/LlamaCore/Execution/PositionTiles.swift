/// Ends of ranges of positions that are computed apart: 1, 8, 32, 128, 512, and so on.
///
/// The result of a matrix product may depend on the number of rows or keys that share its call. No call spans such an
/// end, so a text's first tokens up to it have the bits of a text that ends there.
package enum PositionTiles {
  /// Number of the last end, beyond any text.
  private static let last = 30

  /// Returns the `index`-th end.
  package static func end(_ index: Int) -> Int { index == 0 ? 1 : 2 << (2 * min(index, last)) }

  /// Returns ranges that cover `positions`, each of at most `height` of them, without an end inside.
  package static func ranges(_ positions: Range<Int>, height: Int = .max) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var (start, index) = (positions.lowerBound, 0)
    while start < positions.upperBound {
      while index <= last, end(index) <= start { index += 1 }
      let next = index > last ? positions.upperBound : min(positions.upperBound, end(index))
      let length = min(height, next - start)
      ranges.append(start..<start + length)
      start += length
    }
    return ranges
  }
}

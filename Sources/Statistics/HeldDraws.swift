import Foundations

/// Number of random selections of rows held at a time. Each is drawn once, summed in every tile and then discarded: all
/// of them together would be a thousand times the table. The number affects no result, because each selection has its
/// own random stream.
package enum HeldDraws {
  /// Bytes of selections held per thread. They are read in order; a tile is read at random, and it has to come into the
  /// second-level cache again for each batch of selections (28,572 rows, Zen 3: 2.6 ns a row with 1 MB, 1.1 with 4).
  private static let bytes = 1 << 22
  /// Number of selections that are summed together.
  private static let group = 4

  /// Returns the number of selections of `size` rows: whole groups.
  static func count(size: Int) -> Int {
    let fitting = bytes / MemoryLayout<UInt32>.stride / max(1, size)
    return max(group, min(64, fitting / group * group))
  }

  /// Returns the bytes of selections of `size` rows held per thread.
  package static func byteCount(size: Int) -> Int { MemoryLayout<UInt32>.stride * size * count(size: size) }

  /// Returns the results of `body` for all of `total` selections, a few of them at a time.
  static func map<Result>(
    _ total: Int, size: Int, _ workers: Workers, _ body: @Sendable (_ draws: Range<Int>) -> Result
  ) -> [Result] {
    let count = count(size: size)
    return workers.map((total + count - 1) / count) { body($0 * count..<min(total, ($0 + 1) * count)) }
  }

  /// Returns the rows from `start` on, in order.
  package static func identity(_ count: Int, from start: Int = 0) -> [UInt32] {
    (0..<count).map { UInt32(truncatingIfNeeded: start + $0) }
  }
}

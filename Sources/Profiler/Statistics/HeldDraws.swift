import LlamaCore

/// Number of random selections of rows held at a time. Each is drawn once, summed in every tile and then discarded: all
/// of them together would be a thousand times the table. The number affects no result, because each selection has its
/// own random stream.
enum HeldDraws {
  /// Bytes of selections held per thread, which fit the second-level cache.
  private static let bytes = 1 << 20
  /// Number of selections that are summed together.
  private static let group = 4

  /// Returns the number of selections of `size` rows: whole groups, unless one of them is too large.
  static func count(size: Int) -> Int {
    let fitting = bytes / MemoryLayout<UInt32>.stride / max(1, size)
    if fitting >= group { return min(64, fitting / group * group) }
    return size <= bytes / group ? group : 1
  }

  /// Returns the bytes of selections of `size` rows held per thread.
  static func byteCount(size: Int) -> Int { MemoryLayout<UInt32>.stride * size * count(size: size) }

  /// Returns the results of `body` for all of `total` selections, a few of them at a time.
  static func map<Result>(
    _ total: Int, size: Int, _ workers: Workers, _ body: (_ draws: Range<Int>) -> Result
  ) -> [Result] {
    let count = count(size: size)
    return workers.map((total + count - 1) / count) { body($0 * count..<min(total, ($0 + 1) * count)) }
  }

  /// Returns the rows from `start` on, in order.
  static func identity(_ count: Int, from start: Int = 0) -> [UInt32] {
    (0..<count).map { UInt32(truncatingIfNeeded: start + $0) }
  }
}

import LlamaCore

/// How many random choices of rows are held at a time. Each is made once and added up in every tile, and then forgotten: all
/// of them together would be a thousand times the table. Nothing depends on how many there are, since each has a stream of its
/// own.
enum HeldDraws {
  /// Bytes of the choices that a thread holds: they fit the second-level cache.
  private static let bytes = 1 << 20
  /// Choices that are added up together.
  private static let group = 4

  /// Number of choices of `size` rows: whole groups, unless one of them is too large.
  static func count(size: Int) -> Int {
    let fitting = bytes / MemoryLayout<UInt32>.stride / max(1, size)
    if fitting >= group { return min(64, fitting / group * group) }
    return size <= bytes / group ? group : 1
  }

  /// Bytes that a thread holds of choices of `size` rows.
  static func byteCount(size: Int) -> Int { MemoryLayout<UInt32>.stride * size * count(size: size) }

  /// What `body` makes of all of `total` choices, a few of them at a time.
  static func map<Result>(
    _ total: Int, size: Int, _ workers: Workers, _ body: (_ draws: Range<Int>) -> Result
  ) -> [Result] {
    let count = count(size: size)
    return workers.map((total + count - 1) / count) { body($0 * count..<min(total, ($0 + 1) * count)) }
  }

  /// The rows from `start` on, in their order.
  static func identity(_ count: Int, from start: Int = 0) -> [UInt32] {
    (0..<count).map { UInt32(truncatingIfNeeded: start + $0) }
  }
}

/// The two texts of every merge in rank order, in one arena.
struct MergeList {
  private var arena: [UInt8] = []
  /// For each merge, the ends of its left and its right text.
  private var ends: [(left: UInt32, right: UInt32)] = []

  var count: Int { ends.count }

  mutating func append(_ text: Span<UInt8>, split: Int, rightStart: Int) {
    for index in 0..<split { arena.append(text[index]) }
    let left = UInt32(truncatingIfNeeded: arena.count)
    for index in rightStart..<text.count { arena.append(text[index]) }
    ends.append((left, UInt32(truncatingIfNeeded: arena.count)))
  }

  /// All texts; `texts(at:)` returns their ranges.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get { arena.span }
  }

  /// Returns the ranges of one merge's texts in `bytes`. They are adjacent: together they form the merged text.
  func texts(at index: Int) -> (left: Range<Int>, right: Range<Int>) {
    let start = index == 0 ? 0 : Int(ends[index - 1].right)
    let (left, right) = ends[index]
    return (start..<Int(left), Int(left)..<Int(right))
  }
}

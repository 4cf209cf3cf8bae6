/// Buffers for merging symbols, reused within a call.
struct MergeWorkspace {
  /// Symbols before merging, tokens afterwards.
  var ids: [TokenID] = []
  /// `rank << 32 | merged id` of each symbol with the next one, or `.max` if they do not merge.
  private var pairs: [UInt64] = []
  private var queue = MergeQueue()
  private var links: [Link] = []

  private struct Link {
    var previous: UInt32
    var next: UInt32
  }

  /// Maximum number of symbols for which a linear search of the lowest rank is faster than a queue.
  private static let scanLimit = 40
  private static let none = UInt32.max

  /// Merges neighbouring `ids`, lowest rank first and leftmost among equals, until no merge applies.
  mutating func merge(by merges: IntegerHashMap) {
    guard ids.count > 1 else { return }
    pairs.removeAll(keepingCapacity: true)
    pairs.reserveCapacity(ids.count)
    for index in 1..<ids.count { pairs.append(Self.pair(ids[index - 1], ids[index], merges)) }
    if ids.count <= Self.scanLimit {
      ids.removeSubrange(Self.mergeByScan(&ids, &pairs, merges)...)
    } else {
      mergeByQueue(merges)
    }
  }

  @inline(__always)
  private static func pair(_ left: TokenID, _ right: TokenID, _ merges: IntegerHashMap) -> UInt64 {
    merges.value(for: UInt64(truncatingIfNeeded: left) << 32 | UInt64(UInt32(truncatingIfNeeded: right))) ?? .max
  }

  /// Returns the number of remaining tokens.
  private static func mergeByScan(_ ids: inout [TokenID], _ pairs: inout [UInt64], _ merges: IntegerHashMap) -> Int {
    var count = ids.count
    var ids = ids.mutableSpan
    var pairs = pairs.mutableSpan
    while count > 1 {
      var best = UInt64.max
      var position = 0
      for index in 0..<(count - 1) where pairs[index] < best {
        best = pairs[index]
        position = index
      }
      if best == .max { break }
      count -= 1
      for index in (position + 1)..<max(count, position + 1) { ids[index] = ids[index + 1] }
      for index in position..<max(count - 1, position) { pairs[index] = pairs[index + 1] }
      ids[position] = TokenID(truncatingIfNeeded: best)
      if position > 0 { pairs[position - 1] = Self.pair(ids[position - 1], ids[position], merges) }
      if position < count - 1 { pairs[position] = Self.pair(ids[position], ids[position + 1], merges) }
    }
    return count
  }

  /// As above, with a queue and a linked list: O(n log n), for pieces of any length.
  private mutating func mergeByQueue(_ merges: IntegerHashMap) {
    links.removeAll(keepingCapacity: true)
    links.reserveCapacity(ids.count)
    queue.removeAll()
    for index in ids.indices {
      links.append(
        Link(
          previous: UInt32(truncatingIfNeeded: index - 1),
          next: index + 1 < ids.count ? UInt32(truncatingIfNeeded: index + 1) : Self.none))
    }
    for index in pairs.indices where pairs[index] != .max {
      queue.append(rank: pairs[index] >> 32, position: index)
    }
    queue.order()
    while let (rank, position) = queue.popFirst() {
      // An entry is stale if its pair has been merged into something else since.
      let pair = pairs.indices.contains(position) ? pairs[position] : .max
      guard pair >> 32 == rank, pair != .max else { continue }
      let right = Int(links[position].next)
      ids[position] = TokenID(truncatingIfNeeded: pair)
      ids[right] = -1
      let next = links[right].next
      links[position].next = next
      if right < pairs.count { pairs[right] = .max }
      pairs[position] = .max
      if next != Self.none {
        links[Int(next)].previous = UInt32(truncatingIfNeeded: position)
        setPair(at: position, Self.pair(ids[position], ids[Int(next)], merges))
      }
      let previous = links[position].previous
      if previous != Self.none {
        setPair(at: Int(previous), Self.pair(ids[Int(previous)], ids[position], merges))
      }
    }
    ids.removeAll { $0 < 0 }
  }

  private mutating func setPair(at position: Int, _ pair: UInt64) {
    pairs[position] = pair
    if pair != .max { queue.push(rank: pair >> 32, position: position) }
  }
}

/// A binary heap of pending merges: lowest rank first, then leftmost.
struct MergeQueue {
  /// `rank << 32 | position`; both are below 2³².
  private var heap: [UInt64] = []

  mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

  /// Appends an entry without restoring the heap order; call `order()` afterwards.
  mutating func append(rank: UInt64, position: Int) {
    heap.append(rank << 32 | UInt64(truncatingIfNeeded: position))
  }

  /// Restores the heap order.
  mutating func order() {
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
  }

  mutating func push(rank: UInt64, position: Int) {
    let entry = rank << 32 | UInt64(truncatingIfNeeded: position)
    heap.append(entry)
    var index = heap.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      if heap[parent] <= entry { break }
      heap[index] = heap[parent]
      index = parent
    }
    heap[index] = entry
  }

  mutating func popFirst() -> (rank: UInt64, position: Int)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      heap[0] = last
      siftDown(0)
    }
    return (first >> 32, Int(first & 0xFFFF_FFFF))
  }

  private mutating func siftDown(_ start: Int) {
    var heap = heap.mutableSpan
    let entry = heap[start]
    var index = start
    while true {
      var child = 2 * index + 1
      if child >= heap.count { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      if heap[child] >= entry { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = entry
  }
}

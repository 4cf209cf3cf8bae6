/// Selections of some of a number of items, in lexicographic order.
enum Combinations {
  /// Returns the number of selections of `chosen` of `count` items; nil if it is above `limit`.
  static func count(_ count: Int, choosing chosen: Int, limit: Int) -> Int? {
    guard chosen >= 0, chosen <= count else { return 0 }
    let chosen = min(chosen, count - chosen)
    var number = 1
    // The numbers on the way are binomial coefficients that increase.
    for step in 0..<chosen {
      let (product, overflow) = number.multipliedReportingOverflow(by: count - chosen + step + 1)
      guard !overflow else { return nil }
      number = product / (step + 1)
      guard number <= limit else { return nil }
    }
    return number
  }

  /// Returns the selection at a place in the order; the first is that of the first items.
  ///
  /// - Parameter rank: 0-based, below ``count(_:choosing:limit:)``.
  static func selection(_ rank: Int, of count: Int, choosing chosen: Int) -> [UInt32] {
    var (rank, item) = (rank, 0)
    var selection: [UInt32] = []
    selection.reserveCapacity(chosen)
    while selection.count < chosen, item < count {
      let left = chosen - selection.count - 1
      let beginning = Self.count(count - item - 1, choosing: left, limit: .max) ?? .max
      if rank < beginning {
        selection.append(UInt32(truncatingIfNeeded: item))
      } else {
        rank -= beginning
      }
      item += 1
    }
    return selection
  }
}

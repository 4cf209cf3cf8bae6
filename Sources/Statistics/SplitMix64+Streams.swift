import Foundations

extension SplitMix64 {
  /// The purpose of a random stream: two purposes never share one.
  package enum Purpose: UInt64 {
    case permutation = 1, bootstrap, omnibus, split, ranking, perplexity, signs, selection, orders
    case repair = 16
    case folds = 32, labels, calls, clades
  }

  /// Creates an independent stream for each purpose and index, so that the thread and the order of draws do not matter.
  ///
  /// The state is the seed, the purpose and the index, each added to the generator's output for those before it.
  package init(seed: UInt64, purpose: Purpose, index: Int) {
    var generator = SplitMix64(seed: seed &+ purpose.rawValue)
    generator = SplitMix64(seed: generator.next() &+ UInt64(truncatingIfNeeded: index))
    self.init(seed: generator.next())
  }

  /// Moves `chosen` of the items to the front, every selection and order equally likely (Fisher & Yates, from the
  /// front): item `i` is swapped with one from `i` on.
  package mutating func shuffle<Item>(_ items: inout [Item], choosing chosen: Int) {
    items.withUnsafeMutableBufferPointer { items in
      for index in 0..<min(chosen, items.count) {
        items.swapAt(index, index + Int(next(below: UInt64(items.count - index))))
      }
    }
  }
}

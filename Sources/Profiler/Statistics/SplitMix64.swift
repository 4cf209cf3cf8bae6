/// The generator of Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (2014): the same numbers from
/// the same seed on every platform and in every version, which `SystemRandomNumberGenerator` and the standard library's
/// `shuffled(using:)` do not guarantee.
package struct SplitMix64 {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Returns a number from 0 to `bound - 1`, uniformly distributed (Lemire 2019, "Fast random integer generation in an
  /// interval": the high half of a product, the few draws that would favour some numbers rejected). 0 for a bound of 0.
  package mutating func next(below bound: UInt64) -> UInt64 {
    guard bound > 1 else { return 0 }
    var product = next().multipliedFullWidth(by: bound)
    // Rejected values are below the bound: few draws need the division.
    if product.low < bound {
      let uneven = (0 &- bound) % bound
      while product.low < uneven { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }
}

extension SplitMix64 {
  /// The purpose of a random stream: two purposes never share one.
  package enum Purpose: UInt64 {
    case permutation = 1, bootstrap, omnibus, split, ranking, perplexity, signs
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

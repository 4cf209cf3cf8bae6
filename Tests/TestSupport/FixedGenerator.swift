import Foundations

internal import Profiler

/// What `Int.random(in:using:)` and its like take, with the same numbers on every machine.
package struct FixedGenerator: RandomNumberGenerator {
  private var generator: SplitMix64

  package init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  package mutating func next() -> UInt64 { generator.next() }
}

import Foundations

/// Counter-based random numbers: a pure function of seed, text and step, independent of the thread and the order of
/// calls.
///
/// Seed, text and step are each mixed in by a step of SplitMix64 (Steele, Lea & Flood 2014), with identical results on
/// every platform.
package enum CounterRNG {
  /// Returns a number in [0, 1), one of 2⁵³ equidistant values.
  package static func uniform(seed: UInt64, text: Int, step: Int) -> Double {
    var state = mixed(seed)
    state = mixed(state &+ UInt64(truncatingIfNeeded: text))
    state = mixed(state &+ UInt64(truncatingIfNeeded: step))
    return Double(state >> 11) * 0x1p-53
  }

  private static func mixed(_ value: UInt64) -> UInt64 { SplitMix64.mixed(value &+ SplitMix64.step) }
}

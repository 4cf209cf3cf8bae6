/// The generator of Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (2014): the same numbers from
/// the same seed on every platform and in every version, which `SystemRandomNumberGenerator` and the standard library's
/// `shuffled(using:)` do not guarantee.
package struct SplitMix64 {
  /// Distance of successive states.
  @inlinable package static var step: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  @usableFromInline var state: UInt64

  @inlinable package init(seed: UInt64) { state = seed }

  @inlinable package mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mixed(state)
  }

  /// Returns the output for a state: a bijection whose every output bit depends on every bit of the state.
  @inlinable package static func mixed(_ state: UInt64) -> UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Returns a number from -1 up to 1, in steps of 2⁻²³.
  @inlinable package mutating func nextSigned() -> Float { Float(Int64(bitPattern: next()) >> 40) * 0x1p-23 }

  /// Returns a number from 0 to `bound - 1`, uniformly distributed (Lemire 2019, "Fast random integer generation in an
  /// interval": the high half of a product, the few draws that would favour some numbers rejected). 0 for a bound of 0.
  @inlinable package mutating func next(below bound: UInt64) -> UInt64 {
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

/// Conversion of float32 to bfloat16, to nearest, ties to even; NaN stays NaN.
package enum Rounding {
  /// Rounds `count` numbers.
  package static func round(_ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<UInt16>, count: Int) {
    typealias Words = SIMD8<UInt32>
    let (source, target) = (UnsafeRawPointer(input), UnsafeMutableRawPointer(output))
    var index = 0
    while index + 8 <= count {
      let words = source.loadUnaligned(fromByteOffset: 4 * index, as: Words.self)
      let rounded = (words &+ 0x7FFF &+ (words &>> 16 & 1)) &>> 16
      // A NaN whose payload is in the lower half would round to infinity.
      let quiet = (words &>> 16) | 0x40
      let result = rounded.replacing(with: quiet, where: (words & 0x7FFF_FFFF) .> 0x7F80_0000)
      target.storeBytes(of: SIMD8<UInt16>(truncatingIfNeeded: result), toByteOffset: 2 * index, as: SIMD8<UInt16>.self)
      index += 8
    }
    while index < count {
      let word = input[index].bitPattern
      let rounded = (word &+ 0x7FFF &+ (word >> 16 & 1)) >> 16
      output[index] = UInt16(truncatingIfNeeded: input[index].isNaN ? word >> 16 | 0x40 : rounded)
      index += 1
    }
  }
}

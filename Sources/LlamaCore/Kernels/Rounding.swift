/// Conversion of float32 to bfloat16, to nearest, ties to even; NaN stays NaN.
package enum Rounding {
  /// Rounds `count` numbers. `output` may start at the same address as `input`.
  package static func round(_ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<UInt16>, count: Int) {
    // Branch-free, with signed numbers, for which baseline x86-64 has vector comparisons.
    let words = UnsafeRawPointer(input).assumingMemoryBound(to: Int32.self)
    for index in 0..<count {
      let word = words[index]
      let rounded = (word &+ 0x7FFF &+ (word &>> 16 & 1)) &>> 16
      // A NaN with payload in the lower half only would round to infinity.
      let quiet = word &>> 16 | 0x40
      output[index] = UInt16(truncatingIfNeeded: word & 0x7FFF_FFFF > 0x7F80_0000 ? quiet : rounded)
    }
  }
}

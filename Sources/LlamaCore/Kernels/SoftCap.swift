/// Soft cap of scores or logits, `c · tanh(x / c)`, as in Gemma 2.
enum SoftCap {
  static func apply(_ cap: Float, _ values: UnsafeMutablePointer<Float>, count: Int) {
    let (inverse, two) = (1 / cap, SIMD8<Float>(repeating: 2))
    // tanh(y) = 1 - 2 / (exp(2y) + 1).
    func capped(_ x: SIMD8<Float>) -> SIMD8<Float> { cap * (1 - two / (exponential(two * (x * inverse)) + 1)) }
    var index = 0
    while index + 8 <= count {
      let address = UnsafeMutableRawPointer(values + index)
      address.storeBytes(of: capped(address.loadUnaligned(as: SIMD8<Float>.self)), as: SIMD8<Float>.self)
      index += 8
    }
    while index < count {
      values[index] = capped(SIMD8(repeating: values[index]))[0]
      index += 1
    }
  }
}

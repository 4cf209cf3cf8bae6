/// Softmax of attention scores, in place, in float32 with the sum in double.
package enum Softmax {
  /// Turns `scores[0..<valid]` into `softmax(scale · scores)` and sets `scores[valid..<count]` to zero.
  ///
  /// `valid` is at least 1. The order of the sum is a function of `valid` alone.
  package static func normalize(_ scores: UnsafeMutablePointer<Float>, scale: Float, valid: Int, count: Int) {
    let bytes = UnsafeMutableRawPointer(scores)
    let stride = MemoryLayout<Float>.stride
    var maximum = -Float.infinity
    var maxima = SIMD8<Float>(repeating: -.infinity)
    var index = 0
    while index + 8 <= valid {
      let v = bytes.loadUnaligned(fromByteOffset: index * stride, as: SIMD8<Float>.self) * scale
      bytes.storeBytes(of: v, toByteOffset: index * stride, as: SIMD8<Float>.self)
      maxima = maxima.replacing(with: v, where: v .> maxima)
      index += 8
    }
    maximum = maxima.max()
    while index < valid {
      scores[index] *= scale
      if scores[index] > maximum { maximum = scores[index] }
      index += 1
    }
    // Nothing exceeded -∞: all scores are NaN or -∞, and NaN is what the sum must become.
    if maximum == -.infinity { maximum = .nan }

    var sums = SIMD8<Double>.zero
    index = 0
    while index + 8 <= valid {
      let v = bytes.loadUnaligned(fromByteOffset: index * stride, as: SIMD8<Float>.self)
      let e = exponential(v - maximum)
      bytes.storeBytes(of: e, toByteOffset: index * stride, as: SIMD8<Float>.self)
      sums += SIMD8<Double>(e)
      index += 8
    }
    var sum = sums.sum()
    while index < valid {
      scores[index] = exponential(SIMD8(repeating: scores[index] - maximum))[0]
      sum += Double(scores[index])
      index += 1
    }
    let inverse = Float(1 / sum)
    for index in 0..<valid { scores[index] *= inverse }
    for index in valid..<max(valid, count) { scores[index] = 0 }
  }
}

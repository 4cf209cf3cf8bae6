import Foundation

/// Softmax, and the logarithm of its sum, in place, in float32 with the sum in double.
package enum Softmax {
  /// Turns `scores[0..<valid]` into `exp(scale · scores - maximum)`, sets `scores[valid..<count]` to zero, and returns what
  /// they are to be multiplied with to become the softmax: it costs less to do so with the few numbers that are made of
  /// them.
  ///
  /// `valid` is at least 1 and `scale` positive. The order of the sum is a function of `valid` alone.
  package static func exponentiate(
    _ scores: UnsafeMutablePointer<Float>, scale: Float, valid: Int, count: Int
  ) -> Float {
    let (_, sum) = exponentiate(scores, scale: scale, count: valid)
    for index in valid..<max(valid, count) { scores[index] = 0 }
    return Float(1 / sum)
  }

  /// `ln Σ exp(values)` of at least one value, which becomes `exp(value - maximum)`. The order of the sum is a function of
  /// `count` alone.
  package static func logarithmOfSum(_ values: UnsafeMutablePointer<Float>, count: Int) -> Double {
    let (maximum, sum) = exponentiate(values, scale: 1, count: count)
    return Double(maximum) + log(sum)
  }

  /// Turns scores into `exp(scale · scores - maximum)`, and returns that maximum and their sum.
  private static func exponentiate(
    _ scores: UnsafeMutablePointer<Float>, scale: Float, count valid: Int
  ) -> (maximum: Float, sum: Double) {
    let bytes = UnsafeMutableRawPointer(scores)
    let stride = MemoryLayout<Float>.stride
    var maxima = SIMD8<Float>(repeating: -.infinity)
    var index = 0
    while index + 8 <= valid {
      let v = bytes.loadUnaligned(fromByteOffset: index * stride, as: SIMD8<Float>.self)
      maxima = maxima.replacing(with: v, where: v .> maxima)
      index += 8
    }
    var maximum = maxima.max()
    while index < valid {
      if scores[index] > maximum { maximum = scores[index] }
      index += 1
    }
    // Nothing exceeded -∞: all scores are NaN or -∞, and NaN is what the sum must become.
    maximum = maximum == -.infinity ? .nan : maximum * scale

    var sums = SIMD8<Double>.zero
    index = 0
    while index + 8 <= valid {
      let v = bytes.loadUnaligned(fromByteOffset: index * stride, as: SIMD8<Float>.self)
      let e = exponential(v * scale - maximum)
      bytes.storeBytes(of: e, toByteOffset: index * stride, as: SIMD8<Float>.self)
      sums += SIMD8<Double>(e)
      index += 8
    }
    var sum = sums.sum()
    if index < valid {
      var rest = SIMD8<Float>(repeating: maximum)
      for lane in 0..<valid - index { rest[lane] = scores[index + lane] * scale }
      let e = exponential(rest - maximum)
      for lane in 0..<valid - index {
        scores[index + lane] = e[lane]
        sum += Double(e[lane])
      }
    }
    return (maximum, sum)
  }
}

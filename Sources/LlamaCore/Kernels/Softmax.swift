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
    let (_, sum) = exponentiate(scores, scale: scale, valid: valid, count: max(valid, count))
    return Float(1 / sum)
  }

  /// `ln Σ exp(values)` of at least one value, which becomes `exp(value - maximum)`. The order of the sum is a function of
  /// `count` alone.
  package static func logSumExp(_ values: UnsafeMutablePointer<Float>, count: Int) -> Double {
    let (maximum, sum) = exponentiate(values, scale: 1, valid: count, count: count)
    return Double(maximum) + log(sum)
  }

  /// Turns `scores[0..<valid]` into `exp(scale · scores - maximum)`, sets the rest to zero, and returns that maximum and
  /// the sum.
  private static func exponentiate(
    _ scores: UnsafeMutablePointer<Float>, scale: Float, valid: Int, count: Int
  ) -> (maximum: Float, sum: Double) {
    let whole = valid / 8 * 8
    var maxima = Vector(repeating: -.infinity)
    for index in stride(from: 0, to: whole, by: 8) {
      let v = UnsafeRawPointer(scores + index).loadUnaligned(as: Vector.self)
      maxima = maxima.replacing(with: v, where: v .> maxima)
    }
    // The last lanes stand for nothing, in every step: the sum takes the same order wherever the row ends.
    // In float32, whose comparisons are vectors.
    let isBeyond = Vector(0, 1, 2, 3, 4, 5, 6, 7) .>= Float(valid - whole)
    if whole < valid {
      let v = load(scores + whole, count: count - whole).replacing(with: -.infinity, where: isBeyond)
      maxima = maxima.replacing(with: v, where: v .> maxima)
    }
    let halves = maxima.lowHalf.replacing(with: maxima.highHalf, where: maxima.highHalf .> maxima.lowHalf)
    var maximum = max(max(halves[0], halves[1]), max(halves[2], halves[3]))
    // Nothing exceeded -∞: all scores are NaN or -∞, and NaN is what the sum must become.
    maximum = maximum == -.infinity ? .nan : maximum * scale

    var (low, high) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    for index in stride(from: 0, to: whole, by: 8) {
      let v = UnsafeRawPointer(scores + index).loadUnaligned(as: Vector.self)
      let e = exponential(v * scale - maximum)
      UnsafeMutableRawPointer(scores + index).storeBytes(of: e, as: Vector.self)
      low += SIMD4<Double>(e.lowHalf)
      high += SIMD4<Double>(e.highHalf)
    }
    var end = whole
    if whole < valid {
      let v = load(scores + whole, count: count - whole)
      let e = exponential(v * scale - maximum).replacing(with: 0, where: isBeyond)
      low += SIMD4<Double>(e.lowHalf)
      high += SIMD4<Double>(e.highHalf)
      store(e, scores + whole, count: count - whole)
      end = min(count, whole + 8)
    }
    (scores + end).update(repeating: 0, count: count - end)
    return (maximum, (low + high).sum())
  }

  private typealias Vector = SIMD8<Float>

  /// Up to eight elements of `count`, and zeros.
  @inline(__always)
  private static func load(_ scores: UnsafePointer<Float>, count: Int) -> Vector {
    if count >= 8 { return UnsafeRawPointer(scores).loadUnaligned(as: Vector.self) }
    var v = Vector.zero
    for lane in 0..<count { v[lane] = scores[lane] }
    return v
  }

  /// As many of `v` as `count` elements hold.
  @inline(__always)
  private static func store(_ v: Vector, _ scores: UnsafeMutablePointer<Float>, count: Int) {
    if count >= 8 { return UnsafeMutableRawPointer(scores).storeBytes(of: v, as: Vector.self) }
    for lane in 0..<count { scores[lane] = v[lane] }
  }
}

import Foundation

/// Softmax and log-sum-exp, in place, in float32 with the sum in double precision.
package enum Softmax {
  /// Turns `scores[0..<valid]` into `exp(scale · scores - maximum)`, sets `scores[valid..<count]` to zero, and returns
  /// the normalizing factor `1/Σ`. Callers scale the few values computed from the scores instead of the scores.
  ///
  /// `valid` is at least 1 and `scale` positive. The order of the sum depends on `valid` alone.
  package static func unnormalized(
    _ scores: UnsafeMutablePointer<Float>, scale: Float, valid: Int, count: Int
  ) -> Float {
    let (_, sum) = unnormalized(scores, scale: scale, valid: valid, count: max(valid, count))
    return Float(1 / sum)
  }

  /// Returns `ln Σ exp(values)` of at least one value; each value becomes `exp(value - maximum)`. The order of the sum
  /// depends on `count` alone.
  package static func logSumExp(_ values: UnsafeMutablePointer<Float>, count: Int) -> Double {
    let (maximum, sum) = exponentials(values, count: count)
    return Double(maximum) + log(sum)
  }

  /// Turns at least one value into `exp(value - maximum)`, and returns the maximum and the sum of the results, in an
  /// order that depends on `count` alone.
  static func exponentials(_ values: UnsafeMutablePointer<Float>, count: Int) -> (maximum: Float, sum: Double) {
    unnormalized(values, scale: 1, valid: count, count: count)
  }

  /// Turns `scores[0..<valid]` into `exp(scale · scores - maximum)`, sets the rest to zero, and returns that maximum
  /// and the sum.
  private static func unnormalized(
    _ scores: UnsafeMutablePointer<Float>, scale: Float, valid: Int, count: Int
  ) -> (maximum: Float, sum: Double) {
    let whole = valid / 8 * 8
    var maxima = Vector(repeating: -.infinity)
    for index in stride(from: 0, to: whole, by: 8) {
      let v = UnsafeRawPointer(scores + index).loadUnaligned(as: Vector.self)
      maxima = maxima.replacing(with: v, where: v .> maxima)
    }
    // The last lanes are masked in every step, so that the order of the sum does not depend on where the row ends. In
    // float32, whose comparisons vectorize.
    let isBeyond = Vector(0, 1, 2, 3, 4, 5, 6, 7) .>= Float(valid - whole)
    if whole < valid {
      let v = load(scores + whole, count: count - whole).replacing(with: -.infinity, where: isBeyond)
      maxima = maxima.replacing(with: v, where: v .> maxima)
    }
    let halves = maxima.lowHalf.replacing(with: maxima.highHalf, where: maxima.highHalf .> maxima.lowHalf)
    var maximum = max(max(halves[0], halves[1]), max(halves[2], halves[3]))
    // No value exceeded -∞: all scores are NaN or -∞, and the sum must become NaN.
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

  /// Loads up to eight elements of `count`, padded with zeros.
  @inline(__always)
  private static func load(_ scores: UnsafePointer<Float>, count: Int) -> Vector {
    if count >= 8 { return UnsafeRawPointer(scores).loadUnaligned(as: Vector.self) }
    var v = Vector.zero
    for lane in 0..<count { v[lane] = scores[lane] }
    return v
  }

  /// Stores as many elements of `v` as fit into `count`.
  @inline(__always)
  private static func store(_ v: Vector, _ scores: UnsafeMutablePointer<Float>, count: Int) {
    if count >= 8 { return UnsafeMutableRawPointer(scores).storeBytes(of: v, as: Vector.self) }
    for lane in 0..<count { scores[lane] = v[lane] }
  }
}

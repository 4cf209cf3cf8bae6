/// RMSNorm (Zhang & Sennrich 2019): `x / sqrt(mean(x²) + ε) · weight`, row by row; the mean in double precision.
enum Normalization {
  /// Normalizes one row of `count` elements.
  static func normalize(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>, epsilon: Double, count: Int,
    into output: UnsafeMutablePointer<Float>
  ) {
    let inverse = Float(1 / (sumOfSquares(x, count) / Double(count) + epsilon).squareRoot())
    for index in 0..<count { output[index] = weight[index] * (x[index] * inverse) }
  }

  /// Stores `sum = x + y` and normalizes that row.
  static func addAndNormalize(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, weight: UnsafePointer<Float>, epsilon: Double, count: Int,
    sum: UnsafeMutablePointer<Float>, into output: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<count { sum[index] = x[index] + y[index] }
    normalize(sum, weight: weight, epsilon: epsilon, count: count, into: output)
  }

  /// Sixteen running sums, so that the order is fixed and the loop runs in vectors.
  private static func sumOfSquares(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
    var low = SIMD8<Double>.zero
    var high = SIMD8<Double>.zero
    var index = 0
    while index + 16 <= count {
      let v = UnsafeRawPointer(x + index).loadUnaligned(as: SIMD16<Float>.self)
      let a = SIMD8<Double>(v.lowHalf)
      let b = SIMD8<Double>(v.highHalf)
      low += a * a
      high += b * b
      index += 16
    }
    var sum = (low + high).sum()
    while index < count {
      sum += Double(x[index]) * Double(x[index])
      index += 1
    }
    return sum
  }
}

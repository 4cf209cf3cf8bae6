/// RMSNorm (Zhang & Sennrich 2019): `x / sqrt(mean(x²) + ε) · weight`, row by row, with the mean in double precision.
package enum Normalization {
  /// Normalizes one row of `count` elements.
  package static func normalize(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>, epsilon: Double, count: Int,
    into output: UnsafeMutablePointer<Float>
  ) {
    let inverse = Float(1 / (sumOfSquares(x, count) / Double(count) + epsilon).squareRoot())
    for index in 0..<count { output[index] = weight[index] * (x[index] * inverse) }
  }

  /// Returns the sum of squares from sixteen running sums, which fixes the order and allows vectorization.
  private static func sumOfSquares(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
    var sums = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
    var index = 0
    while index + 16 <= count {
      let v = UnsafeRawPointer(x + index).loadUnaligned(as: SIMD16<Float>.self)
      // Four lanes at a time, because the conversion of eight is not inlined.
      let a = SIMD4<Double>(v.lowHalf.lowHalf)
      let b = SIMD4<Double>(v.lowHalf.highHalf)
      let c = SIMD4<Double>(v.highHalf.lowHalf)
      let d = SIMD4<Double>(v.highHalf.highHalf)
      sums.0 += a * a
      sums.1 += b * b
      sums.2 += c * c
      sums.3 += d * d
      index += 16
    }
    var sum = ((sums.0 + sums.1) + (sums.2 + sums.3)).sum()
    while index < count {
      sum += Double(x[index]) * Double(x[index])
      index += 1
    }
    return sum
  }
}

/// Covariance of a sample, shrunk towards that of uncorrelated columns by Ledoit & Wolf's intensity (2004).
///
/// Columns are scaled to a standard deviation of 1, the covariance of the scaled ones is shrunk towards its mean
/// variance, and scaled back, as scikit-learn's discriminants do; variances are divided by n.
package struct ShrunkCovariance: Sendable {
  package let mean: [Double]
  /// Row-major `[column][column]`; a column without scatter has zeros.
  package let matrix: [Double]
  /// Weight of the target, from 0 to 1.
  package let shrinkage: Double

  /// - Parameters:
  ///   - values: row-major table of `width` columns.
  ///   - rows: rows of the sample, one at least.
  package init(_ values: [Double], width: Int, rows: [Int]) {
    let count = Double(rows.count)
    var mean = Array(repeating: 0.0, count: width)
    var gram = Array(repeating: 0.0, count: width * width)
    var scales = Array(repeating: 1.0, count: width)
    var quarters = 0.0
    values.withUnsafeBufferPointer { values in
      for row in rows { for column in 0..<width { mean[column] += values[row * width + column] } }
      for column in 0..<width { mean[column] /= count }
      var centered = Array(repeating: 0.0, count: width)
      gram.withUnsafeMutableBufferPointer { gram in
        centered.withUnsafeMutableBufferPointer { centered in
          for row in rows {
            for column in 0..<width { centered[column] = values[row * width + column] - mean[column] }
            for first in 0..<width {
              let value = centered[first]
              for second in 0...first { gram[first * width + second] += value * centered[second] }
            }
          }
        }
      }
      for column in 0..<width {
        let variance = gram[column * width + column] / count
        // A variance of rounding is none.
        if variance > 1e-30 * mean[column] * mean[column], variance > 0 { scales[column] = variance.squareRoot() }
      }
      for row in rows {
        var square = 0.0
        for column in 0..<width {
          let value = (values[row * width + column] - mean[column]) / scales[column]
          square += value * value
        }
        quarters += square * square
      }
    }
    for first in 0..<width {
      for second in 0...first {
        let value = gram[first * width + second] / (count * scales[first] * scales[second])
        gram[first * width + second] = value
        gram[second * width + first] = value
      }
    }
    let target = (0..<width).reduce(0) { $0 + gram[$1 * width + $1] } / Double(max(1, width))
    shrinkage = Self.intensity(gram, width: width, count: count, quarters: quarters, target: target)
    for first in 0..<width {
      for second in 0..<width {
        let shrunk = (1 - shrinkage) * gram[first * width + second] + (first == second ? shrinkage * target : 0)
        gram[first * width + second] = shrunk * scales[first] * scales[second]
      }
    }
    self.mean = mean
    matrix = gram
  }

  /// - Parameter quarters: the sum over rows of the fourth power of their length.
  private static func intensity(
    _ gram: [Double], width: Int, count: Double, quarters: Double, target: Double
  ) -> Double {
    guard width > 1 else { return 0 }
    let squares = gram.reduce(0) { $0 + $1 * $1 }
    let columns = Double(width)
    let noise = (quarters / count - squares) / (columns * count)
    let distance = (squares - columns * target * target) / columns
    let least = min(noise, distance)
    return least == 0 ? 0 : least / distance
  }
}

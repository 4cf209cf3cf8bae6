/// Quantiles of samples.
package enum Quantile {
  /// Returns the quantile of ascending values, interpolated linearly between the two nearest as in NumPy; NaN without
  /// values.
  package static func of(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.indices.last else { return .nan }
    let place = share * Double(last)
    let index = min(Int(place), last)
    let (low, high) = (sorted[index], sorted[min(index + 1, last)])
    let weight = place - Double(index)
    if weight == 0 || low == high || low == -.infinity { return low }
    return low + (high - low) * weight
  }

  /// Returns the median of values in any order; NaN without values.
  package static func median(_ values: [Double]) -> Double { of(values.sorted(), 0.5) }
}

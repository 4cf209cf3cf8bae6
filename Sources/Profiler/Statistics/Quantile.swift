/// Quantiles of samples.
package enum Quantile {
  /// The value below which a share of ascending values lies, on the line between the two that are nearest, as NumPy has
  /// it; NaN without values.
  package static func of(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.indices.last else { return .nan }
    let place = share * Double(last)
    let index = min(Int(place), last)
    let (low, high) = (sorted[index], sorted[min(index + 1, last)])
    let weight = place - Double(index)
    if weight == 0 || low == high || low == -.infinity { return low }
    return low + (high - low) * weight
  }

  /// The median of values in any order; NaN without values.
  package static func median(_ values: [Double]) -> Double { of(values.sorted(), 0.5) }
}

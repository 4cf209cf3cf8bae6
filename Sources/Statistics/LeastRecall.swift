/// Recall of the smallest items.
package enum LeastRecall {
  /// Returns the share of the `k` smallest items by `truth` that are among the `k` smallest by `metric`; the lower index
  /// comes first among equals. NaN if a value is NaN, or if there are fewer than `k` items or `k` is not positive.
  ///
  /// - Precondition: `metric` and `truth` have the same count.
  package static func of(_ metric: [Double], truth: [Double], k: Int) -> Double {
    precondition(metric.count == truth.count, "values in pairs")
    guard k > 0, k <= truth.count, !metric.contains(where: \.isNaN), !truth.contains(where: \.isNaN) else {
      return .nan
    }
    return Double(least(k, truth).intersection(least(k, metric)).count) / Double(k)
  }

  private static func least(_ k: Int, _ values: [Double]) -> Set<Int> {
    Set(values.indices.sorted { (values[$0], $0) < (values[$1], $1) }.prefix(k))
  }
}

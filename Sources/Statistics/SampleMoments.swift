/// Number, mean and sample variance of a domain's values at one block.
package struct SampleMoments {
  package let count: Int
  package let mean: Double
  /// NaN for fewer than two values.
  package let variance: Double

  package init(count: Int, mean: Double, variance: Double) {
    self.count = count
    self.mean = mean
    self.variance = variance
  }

  package init(_ values: some Sequence<Double>) {
    let statistics = RunningStatistics(values)
    self.init(count: statistics.count, mean: statistics.mean ?? .nan, variance: statistics.variance ?? .nan)
  }

  /// Returns the moments of the values plus `offset`.
  package func shifted(by offset: Double) -> SampleMoments {
    SampleMoments(count: count, mean: mean + offset, variance: variance)
  }

  /// The squared standard error of the mean.
  var squaredError: Double { variance / Double(count) }
  var df: Double { Double(count - 1) }
}

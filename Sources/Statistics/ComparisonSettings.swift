/// Settings of a comparison of domains. The same settings and samples give the same bits, whatever ``threads`` is.
public struct ComparisonSettings: Sendable {
  /// Significance level α of every test.
  public var alpha = 0.05
  /// Differences within this bound are negligible.
  public var equivalenceBound = EquivalenceBound.deviations(0.2)
  /// Number of random relabellings of the texts per pair.
  public var permutations = 10_000
  /// Number of bootstrap resamples of the texts per pair.
  public var resamples = 2_000
  /// Seed of all random draws.
  public var seed: UInt64 = 0
  /// Compares natural logarithms; every value must be positive.
  public var usesLogScale = false
  /// Memory limit in bytes for all tables and draws together; nil for all values in memory. It affects time only.
  public var memoryLimit: Int?
  /// Number of computing threads.
  public var threads = 1

  public init() {}
}

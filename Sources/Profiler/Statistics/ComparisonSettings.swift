/// How domains are compared. The same settings and samples give the same bits, whatever ``threads`` is.
public struct ComparisonSettings: Sendable {
  /// The share of false alarms that is put up with: the level of every test.
  public var alpha = 0.05
  /// Effects whose Hedges' g lies within ± this are of no consequence.
  public var equivalenceBound = 0.2
  /// Random relabellings of the texts per pair.
  public var permutations = 10_000
  /// Bootstrap resamples of the texts per pair.
  public var resamples = 2_000
  /// Where all random draws begin.
  public var seed: UInt64 = 0
  /// Compares natural logarithms; every value must be positive.
  public var usesLogScale = false
  /// Bytes to stay within, all tables and draws together; nil for all values in memory. Nothing but time depends on it.
  public var memoryLimit: Int?
  /// Threads that compute.
  public var threads = 1

  public init() {}
}

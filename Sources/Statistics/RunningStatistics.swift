/// Running count, mean, sample variance and range of values, in double precision.
///
/// Values are added by Welford's rule and two collections merged by that of Chan, Golub & LeVeque (1979), both of which
/// are numerically stable if the mean is large compared with the spread. In exact arithmetic the order would not
/// matter; in floating point the last bits depend on it, so a run always adds texts in the order of the corpus.
public struct RunningStatistics: Equatable, Sendable {
  /// Number of values.
  public private(set) var count = 0
  private var average = 0.0
  /// The sum of squared distances from the mean.
  private var scatter = 0.0
  private var lowest = Double.infinity
  private var highest = -Double.infinity

  public init() {}

  /// Creates the statistics of `values`, added in order.
  public init(_ values: some Sequence<Double>) {
    for value in values { add(value) }
  }

  /// Adds one finite value.
  public mutating func add(_ value: Double) {
    count += 1
    let distance = value - average
    average += distance / Double(count)
    scatter += distance * (value - average)
    lowest = min(lowest, value)
    highest = max(highest, value)
  }

  /// Adds all values of another collection.
  public mutating func merge(_ other: RunningStatistics) {
    guard other.count > 0 else { return }
    guard count > 0 else {
      self = other
      return
    }
    let own = Double(count)
    let others = Double(other.count)
    let total = own + others
    let distance = other.average - average
    average += distance * (others / total)
    scatter += other.scatter + distance * distance * (own * others / total)
    count += other.count
    lowest = min(lowest, other.lowest)
    highest = max(highest, other.highest)
  }

  /// The mean; nil without values.
  public var mean: Double? { count > 0 ? average : nil }
  /// The sample variance, divided by `count - 1`; nil with fewer than two values.
  public var variance: Double? { count > 1 ? scatter / Double(count - 1) : nil }
  /// The square root of ``variance``.
  public var standardDeviation: Double? { variance?.squareRoot() }
  /// The smallest value; nil without values.
  public var minimum: Double? { count > 0 ? lowest : nil }
  /// The largest value; nil without values.
  public var maximum: Double? { count > 0 ? highest : nil }
}

/// Result of the comparison under the null hypothesis: halves of one domain, split at random; for paired texts, the two
/// values of each text, exchanged at random. Groups of texts are split and exchanged whole.
///
/// It tests the arithmetic. Random halves of a fixed set of units are alike whatever the units are: it does not detect
/// that units depend on each other, as texts of one document that have no group do, or that domains differ in length.
public struct NegativeControl: Sendable {
  /// Number of comparisons, splits × domains × blocks; 0 if no domain has ten units that differ.
  public let comparisons: Int
  /// Share of comparisons with p < alpha, which should be near alpha; NaN without comparisons.
  public let rawShare: Double
  /// Share of comparisons with the verdict different, which should be at most alpha; NaN without comparisons.
  public let differentShare: Double
}

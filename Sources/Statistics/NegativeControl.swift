/// Result of the comparison under the null hypothesis: halves of one domain, split at random; for paired texts, the two
/// values of each text, exchanged at random.
///
/// It tests the arithmetic. Random halves of a fixed set of texts are alike whatever the texts are: it does not detect
/// texts that are copies of each other or parts of one document, or domains that differ in length.
public struct NegativeControl: Sendable {
  /// Number of comparisons, splits × domains × blocks; 0 if no domain has ten texts that differ.
  public let comparisons: Int
  /// Share of comparisons with p < alpha, which should be near alpha; NaN without comparisons.
  public let rawShare: Double
  /// Share of comparisons with the verdict different, which should be at most alpha; NaN without comparisons.
  public let differentShare: Double
}

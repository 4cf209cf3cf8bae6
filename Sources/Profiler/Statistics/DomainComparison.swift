/// A block of a pair of domains: a row of `comparison.csv`.
///
/// A number that does not exist is NaN: all p where the verdict is not one of a test (``Verdict/isTested``), what needs two
/// texts of a domain that has fewer, and what is divided by a standard deviation of 0.
public struct BlockComparison: Sendable {
  public let metric: Metric
  /// Nil for a metric of the text.
  public let scope: Scope?
  /// 0-based index of the block; nil for a metric of the text.
  public let layer: Int?
  public let domainA: String
  public let domainB: String
  /// Whether the texts of A and of B are the same ones, measured twice, and the tests are over their differences.
  public let isPaired: Bool
  /// Texts of A and of B.
  public let countA: Int
  public let countB: Int
  /// Tokens of these texts.
  public let tokensA: Int
  public let tokensB: Int
  /// Mean of A - mean of B, of logarithms with ``ComparisonSettings/usesLogScale``.
  public let difference: Double
  /// The difference in pooled standard deviations, corrected for small samples (Hedges 1981).
  public let hedgesG: Double
  /// The 95 % percentile bootstrap interval of g, over texts.
  public let gLow: Double
  public let gHigh: Double
  /// Welch's t, its degrees of freedom after Satterthwaite, and its two-sided p.
  public let t: Double
  public let degreesOfFreedom: Double
  public let p: Double
  /// p after Benjamini and Hochberg, over all pairs and blocks of the metric and scope.
  public let q: Double
  /// Two-sided p of t among random relabellings of the texts.
  public let pPermutation: Double
  /// The same against the largest t of any block that is tested: the chance of a single false alarm among the pair's
  /// blocks.
  public let pMaximum: Double
  /// p of two one-sided tests for an effect within the equivalence bound.
  public let pEquivalence: Double
  public let verdict: Verdict
  /// Mean of A by mean of B, with ``ComparisonSettings/usesLogScale`` of geometric means; NaN for a metric that may be
  /// negative.
  public let ratio: Double
  /// Its 95 % interval, by Fieller (1954), of logarithms that of their difference; `ratioHigh` is infinite where no number bounds it.
  public let ratioLow: Double
  public let ratioHigh: Double
  /// Texts per domain with which one would decide with a power of 80 %, were the effect as large as it was found; only
  /// where the verdict is inconclusive, and nil where it is more than a million.
  public let textsNeeded: Int?
}

/// A contiguous band of blocks that differ in the same direction, found by the cluster-mass permutation test of Maris &
/// Oostenveld (2007).
public struct BlockBand: Sendable {
  public let metric: Metric
  public let scope: Scope?
  public let domainA: String
  public let domainB: String
  /// 0-based indices of the blocks.
  public let layers: ClosedRange<Int>
  /// The sum of t over the band; positive where A is larger.
  public let mass: Double
  /// Chance of a band of this mass anywhere among the pair's blocks, if the labels meant nothing.
  public let p: Double
}

/// Whether any domain differs from the others at a block: one-way analysis of variance. NaN where fewer than two domains
/// have texts, no domain has two, or all values are the same.
public struct OmnibusTest: Sendable {
  public let metric: Metric
  /// Nil for a metric of the text.
  public let scope: Scope?
  /// 0-based index of the block; nil for a metric of the text.
  public let layer: Int?
  /// Variance between domains over variance within.
  public let f: Double
  /// p of F, for normal values of equal variance.
  public let p: Double
  /// p of F among random relabellings of all texts.
  public let pPermutation: Double
}

/// What the comparison says where there is nothing to find: halves of one domain, split at random; where texts are paired,
/// the two values of each text, exchanged at random.
///
/// It tests the arithmetic. Random halves of a fixed set of texts are alike whatever the texts are: texts that are copies of
/// each other or parts of one document, and domains that differ in length, are not seen by it.
public struct NegativeControl: Sendable {
  /// Splits × domains × blocks that could be compared; 0 where no domain has ten texts that differ.
  public let comparisons: Int
  /// The share with p < alpha, which should be near alpha; NaN without comparisons.
  public let rawShare: Double
  /// The share called different, which should be alpha at most; NaN without comparisons.
  public let differentShare: Double
}

/// All pairs and blocks of one metric and scope; made by
/// ``compare(_:metric:scope:layers:settings:progress:)`` and ``compare(_:layers:settings:progress:)``.
public struct DomainComparison: Sendable {
  public let metric: Metric
  /// Nil for a metric of the text, of which ``blocks`` has one row for each pair.
  public let scope: Scope?
  public let settings: ComparisonSettings
  /// Whether pairs are the same texts, measured twice.
  public let isPaired: Bool
  /// Pair by pair, block by block; empty for one domain.
  public let blocks: [BlockComparison]
  /// Pair by pair, in the order of blocks.
  public let bands: [BlockBand]
  /// Block by block; empty where texts are paired.
  public let omnibus: [OmnibusTest]
  public let control: NegativeControl
}

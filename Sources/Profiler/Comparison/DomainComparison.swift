public import Statistics

/// The comparison of a pair of domains at one block: a row of `comparison.csv`.
///
/// Undefined numbers are NaN: all p if the verdict is not one of a test (``Verdict/isTested``), values that need two
/// texts in a domain with fewer, and quotients of a standard deviation of 0.
public struct BlockComparison: Sendable {
  public let metric: Metric
  /// Nil for a metric of the text.
  public let scope: Scope?
  /// 0-based index of the block; nil for a metric of the text.
  public let layer: Int?
  public let domainA: String
  public let domainB: String
  /// True if A and B are the same texts, measured twice, or domains with the same groups of texts, so that the tests are
  /// over their differences.
  public let isPaired: Bool
  /// Number of texts in A and B.
  public let countA: Int
  public let countB: Int
  /// Number of groups of these texts, the units of the tests: the texts themselves unless they have groups. Groups that
  /// occur in both A and B are left out, with their texts, unless these are paired.
  public let groupsA: Int
  public let groupsB: Int
  /// Number of tokens of these texts.
  public let tokensA: Int
  public let tokensB: Int
  /// Mean of A - mean of B, of logarithms if ``ComparisonSettings/usesLogScale`` is set.
  public let difference: Double
  /// The difference in units of pooled standard deviations, corrected for small samples (Hedges 1981).
  public let hedgesG: Double
  /// The 95 % percentile bootstrap interval of g, over groups.
  public let gLow: Double
  public let gHigh: Double
  /// Welch's t, its degrees of freedom after Satterthwaite, and its two-sided p.
  public let t: Double
  public let degreesOfFreedom: Double
  public let p: Double
  /// p after Benjamini and Hochberg, over all pairs and blocks of the metric and scope.
  public let q: Double
  /// Two-sided p of t under relabellings of the groups.
  public let pPermutation: Double
  /// As above, for the largest t of any tested block: the probability of a single false alarm among the pair's blocks.
  public let pMaxT: Double
  /// p of two one-sided tests for an effect within the equivalence bound.
  public let pTOST: Double
  public let verdict: Verdict
  /// Mean of A divided by mean of B, of geometric means if ``ComparisonSettings/usesLogScale`` is set; NaN for a metric
  /// that may be negative.
  public let ratio: Double
  /// Its 95 % interval, by Fieller (1954), for logarithms that of their difference; `ratioHigh` is infinite if there is
  /// no upper bound.
  public let ratioLow: Double
  public let ratioHigh: Double
  /// Correlation of the two values of a text (or of a group's means) over texts, if these are paired; NaN otherwise.
  public let correlation: Double
  /// Number of texts (of groups, where texts have groups) per domain to find a difference with a power of 80 %, if the
  /// true effect were the observed one; nil unless the verdict is inconclusive, and above a million.
  public let textsNeeded: Int?
  /// Number of texts (or groups) per domain to be called equivalent with a power of 80 %, if means and standard deviations
  /// were those observed; nil unless the verdict is inconclusive and the observed difference within the bound, and above a
  /// million.
  public let textsForEquivalence: Int?
  /// If equivalence was out of reach, so that even equal means would not have been called equivalent: the least number of
  /// texts (or groups) per domain with which they would; nil otherwise, unless the verdict is inconclusive, and above a
  /// million.
  public let textsOutOfReach: Int?
  /// Whether the difference remains at equal length (analysis of covariance); nil without a test, for paired texts, for
  /// texts of one length, and if fewer than ``CommonLengths/least`` texts (or groups) of a side are of common length.
  public let lengthCheck: LengthCheck?
}

/// A cluster of neighbouring blocks that differ in the same direction, found by the cluster-mass permutation test of
/// Maris & Oostenveld (2007).
public struct BlockCluster: Sendable {
  public let metric: Metric
  public let scope: Scope?
  public let domainA: String
  public let domainB: String
  /// 0-based indices of the blocks.
  public let layers: ClosedRange<Int>
  /// The sum of t over the cluster; positive where A is larger.
  public let mass: Double
  /// Probability of a cluster of this mass anywhere among the pair's blocks under the null hypothesis.
  public let p: Double
}

/// One-way analysis of variance at a block, which tests if any domain differs from the others. NaN if fewer than two
/// domains have texts, no domain has two, or all values are the same.
public struct OmnibusTest: Sendable {
  public let metric: Metric
  /// Nil for a metric of the text.
  public let scope: Scope?
  /// 0-based index of the block; nil for a metric of the text.
  public let layer: Int?
  /// Variance between domains divided by variance within.
  public let f: Double
  /// p of F, for normal values of equal variance.
  public let p: Double
  /// p of F under random relabellings of all texts.
  public let pPermutation: Double
}

/// All blocks of one pair of domains.
public struct PairComparison: Sendable {
  /// Place of both domains among the compared samples.
  public let pair: DomainPair
  public let domainA: String
  public let domainB: String
  /// Comparisons in the order of blocks; one for a metric of the text.
  public let blocks: [BlockComparison]
  /// Clusters in the order of blocks.
  public let clusters: [BlockCluster]
}

/// All pairs and blocks of one metric and scope; created by ``compare(_:metric:scope:layers:settings:progress:)`` and
/// ``compare(_:layers:settings:progress:)``.
public struct DomainComparison: Sendable {
  public let metric: Metric
  /// Nil for a metric of the text, for which ``blocks`` has one row per pair.
  public let scope: Scope?
  public let settings: ComparisonSettings
  /// True if pairs are the same texts, measured twice.
  public let isPaired: Bool
  /// Pairs of domains; empty for one domain.
  public let pairs: [PairComparison]
  /// Tests by block; empty if texts are paired.
  public let omnibus: [OmnibusTest]
  public let control: NegativeControl

  /// Comparisons by pair and block.
  public var blocks: [BlockComparison] { pairs.flatMap(\.blocks) }
  /// Clusters by pair, in the order of blocks.
  public var clusters: [BlockCluster] { pairs.flatMap(\.clusters) }
}

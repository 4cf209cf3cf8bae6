import Profiler
public import Statistics

/// Overlap of the text lengths of two domains.
///
/// Long texts differ from short ones at many blocks, so where the overlap ``isLittle`` a difference may be one of length,
/// and the pair gets no verdict.
public struct LengthOverlap: Sendable, Equatable {
  /// Place of both domains among the compared ones.
  public let pair: DomainPair
  public let domainA: String
  public let domainB: String
  /// Texts of both, or groups of texts, in the range of lengths that both have.
  public let common: CommonLengths
  /// False if a domain has too few texts to be compared.
  private let isCompared: Bool

  /// True if the lengths hardly overlap.
  public var isLittle: Bool { isCompared && common.isLittle }

  /// - Parameters:
  ///   - names: names of all domains.
  ///   - lengths: lengths of the units of each.
  init(_ pair: DomainPair, names: [String], lengths: [UnitLengths]) {
    self.pair = pair
    (domainA, domainB) = (names[pair.a], names[pair.b])
    let (a, b) = (lengths[pair.a].apart(from: lengths[pair.b]), lengths[pair.b].apart(from: lengths[pair.a]))
    common = CommonLengths(a, b)
    let least = lengths[pair.a].isMatched(with: lengths[pair.b]) ? Verdict.leastPairs : Verdict.leastTexts
    isCompared = min(a.count, b.count) >= least
  }
}

/// Lengths of a domain's units of observation: ln(tokens) of a text, or its mean over the texts of a group.
struct UnitLengths {
  private let lengths: [Double]
  /// Group of each unit; empty if every text is a unit, and if groups of other domains are other groups.
  private let groups: [Int]

  /// - Parameters:
  ///   - texts: texts that count.
  ///   - isGrouped: false if every text is a unit.
  ///   - isApart: true if no group of another domain is the same.
  init(_ texts: [LoadedRun.Text], isGrouped: Bool, isApart: Bool = false) {
    let units = SampleUnits(texts: texts.count, groups: isGrouped ? texts.map(\.group) : [])
    lengths = units.logarithmicMeans(texts.map(\.tokens))
    groups = isApart ? [] : units.groups
  }

  /// True if both have the same groups, which are then paired.
  func isMatched(with other: UnitLengths) -> Bool { !groups.isEmpty && Set(groups) == Set(other.groups) }

  /// Returns the lengths of the units that are compared with another domain: those of groups in both are left out, unless
  /// they are paired.
  func apart(from other: UnitLengths) -> [Double] {
    guard !isMatched(with: other) else { return lengths }
    let both = Set(groups).intersection(other.groups)
    return both.isEmpty ? lengths : zip(groups, lengths).filter { !both.contains($0.0) }.map(\.1)
  }
}

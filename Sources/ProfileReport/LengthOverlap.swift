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
  /// Texts of both in the range of lengths that both have.
  public let common: CommonLengths
  /// False if a domain has too few texts to be compared.
  private let isCompared: Bool

  /// True if the lengths hardly overlap.
  public var isLittle: Bool { isCompared && common.isLittle }

  /// - Parameters:
  ///   - names: names of all domains.
  ///   - lengths: numbers of tokens of the texts of each.
  init(_ pair: DomainPair, names: [String], lengths: [[Int]]) {
    self.pair = pair
    (domainA, domainB) = (names[pair.a], names[pair.b])
    let (a, b) = (lengths[pair.a], lengths[pair.b])
    common = CommonLengths(a, b)
    isCompared = min(a.count, b.count) >= Verdict.leastTexts
  }
}

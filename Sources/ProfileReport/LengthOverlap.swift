import Profiler
import Statistics

/// Overlap of the text lengths of two domains.
///
/// The share of a domain's texts whose number of tokens lies between the 5 % and the 95 % quantile of the other
/// domain's, taking the smaller of the two shares: 1 for domains alike, 0 for domains without a common length. Long
/// texts differ from short ones at many blocks, so where the overlap ``isLittle`` a difference may be one of length.
public struct LengthOverlap: Sendable, Equatable {
  /// Share below which lengths hardly overlap.
  public static let least = 0.25
  private static let tail = 0.05

  /// Place of both domains among the compared ones.
  public let pair: DomainPair
  public let domainA: String
  public let domainB: String
  /// Share from 0 to 1; nil if a domain has too few texts to be compared.
  public let share: Double?

  /// True if the lengths hardly overlap.
  public var isLittle: Bool { share.map { $0 < Self.least } ?? false }

  /// - Parameters:
  ///   - names: names of all domains.
  ///   - lengths: numbers of tokens of the texts of each.
  init(_ pair: DomainPair, names: [String], lengths: [[Int]]) {
    self.pair = pair
    (domainA, domainB) = (names[pair.a], names[pair.b])
    let (a, b) = (lengths[pair.a], lengths[pair.b])
    // Domains with fewer texts are not compared, and a range of so few is meaningless.
    share =
      min(a.count, b.count) < Verdict.leastTexts ? nil : min(Self.share(of: a, within: b), Self.share(of: b, within: a))
  }

  private static func share(of lengths: [Int], within others: [Int]) -> Double {
    let sorted = others.map(Double.init).sorted()
    let (low, high) = (Quantile.of(sorted, tail), Quantile.of(sorted, 1 - tail))
    return Double(lengths.count { Double($0) >= low && Double($0) <= high }) / Double(lengths.count)
  }
}

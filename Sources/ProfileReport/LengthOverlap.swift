import Profiler

/// How far the lengths of two domains' texts overlap.
///
/// It is the share of a domain's texts whose number of tokens lies between the 5 % and the 95 % quantile of the other's, the
/// smaller of both domains' shares: 1 for domains alike, 0 for domains that have no length in common. Long texts differ from
/// short ones at many blocks, so that where lengths ``isLittle`` overlap a difference may be one of length.
public struct LengthOverlap: Sendable, Equatable {
  /// Below this share lengths hardly overlap.
  public static let least = 0.25
  private static let tail = 0.05

  public let domainA: String
  public let domainB: String
  /// From 0 to 1; nil where a domain has too few texts to be compared.
  public let share: Double?

  /// Whether the lengths hardly overlap.
  public var isLittle: Bool { share.map { $0 < Self.least } ?? false }

  /// - Parameters:
  ///   - a: numbers of tokens of A's texts.
  ///   - b: of B's.
  init(_ domainA: String, _ a: [Int], _ domainB: String, _ b: [Int]) {
    (self.domainA, self.domainB) = (domainA, domainB)
    // Of fewer texts, which are compared with nothing, a range says nothing.
    share =
      min(a.count, b.count) < Verdict.leastTexts ? nil : min(Self.share(of: a, within: b), Self.share(of: b, within: a))
  }

  private static func share(of lengths: [Int], within others: [Int]) -> Double {
    let sorted = others.map(Double.init).sorted()
    let (low, high) = (Quantile.of(sorted, tail), Quantile.of(sorted, 1 - tail))
    return Double(lengths.count { Double($0) >= low && Double($0) <= high }) / Double(lengths.count)
  }
}

import Foundation

/// Texts of two domains whose lengths lie in the range that both domains have, from the larger of the two shortest to the
/// smaller of the two longest. Where texts have groups, groups of texts, whose length is the mean of ln(tokens).
public struct CommonLengths: Sendable, Hashable {
  /// Number of texts in the common range on each side for a length check, and for a verdict of domains that have as
  /// many texts.
  public static let least = 8

  /// Number of texts of each side in the common range.
  public let countA: Int
  public let countB: Int
  /// True if the texts of both sides have one length, or lengths were not matched at all.
  let isOneLength: Bool
  private let leastA: Int, leastB: Int

  /// - Parameters:
  ///   - a: lengths of A's texts, or groups: numbers of tokens, or their logarithms.
  ///   - b: lengths of B's, in the same unit.
  public init<Length: Comparable>(_ a: [Length], _ b: [Length]) {
    (leastA, leastB) = (Self.required(a.count), Self.required(b.count))
    guard let shortA = a.min(), let shortB = b.min(), let longA = a.max(), let longB = b.max() else {
      (countA, countB, isOneLength) = (0, 0, false)
      return
    }
    let (low, high) = (max(shortA, shortB), min(longA, longB))
    countA = a.count { $0 >= low && $0 <= high }
    countB = b.count { $0 >= low && $0 <= high }
    isOneLength = shortA == longA && shortB == longB && shortA == shortB
  }

  /// True if lengths hardly overlap: fewer than ``least`` texts of a side are in the common range, or fewer than half
  /// of a side that has fewer than ``least`` texts at all.
  public var isLittle: Bool { countA < leastA || countB < leastB }

  /// True if there are enough texts of common length for a check.
  var isEnough: Bool { min(countA, countB) >= Self.least }

  private static func required(_ count: Int) -> Int { count < least ? (count + 1) / 2 : least }
}

import LlamaCore

/// Range of positions whose sums a run keeps: 0, 1–7, 8–31, 32–127, 128–511, 512–2,047 and so on, each with four times as many
/// ends as the one before.
public struct PositionBucket: Hashable, Comparable, Sendable {
  /// Place among the buckets, 0 for the first token.
  public let index: Int

  /// - Parameter index: place among the buckets, from 0 to 30.
  package init(_ index: Int) { self.index = max(0, min(30, index)) }

  /// All buckets, ascending.
  public static let all = (0...30).map { PositionBucket($0) }

  /// Returns the bucket of a position.
  ///
  /// - Parameter position: 0-based position in a text.
  public init(of position: Int) { self.init(Self.count(tokens: max(0, position) + 1) - 1) }

  /// Positions, from 0.
  public var positions: Range<Int> { index == 0 ? 0..<1 : (index == 1 ? 1 : Self.end(index - 1))..<Self.end(index) }

  /// Number of the first tokens of a text that this bucket and all before it hold.
  private static func end(_ index: Int) -> Int { PositionTiles.end(index) }

  /// Number of buckets that some tokens at the beginning of a text fill or begin.
  package static func count(tokens: Int) -> Int {
    var count = 0
    while count <= 30 && (count == 0 ? 0 : end(count - 1)) < tokens { count += 1 }
    return count
  }

  /// Ends of the buckets that texts of some tokens fill: numbers of first tokens whose values a run has without being made
  /// for that length.
  ///
  /// - Parameter tokens: number of tokens of the longest text.
  public static func ends(upTo tokens: Int) -> [Int] { (0...30).map(end).filter { $0 <= tokens } }

  public static func < (one: PositionBucket, other: PositionBucket) -> Bool { one.index < other.index }
}

extension PositionBucket: CustomStringConvertible {
  /// `0`, or `8-31`.
  public var description: String {
    index == 0 ? "0" : "\(positions.lowerBound)-\(positions.upperBound - 1)"
  }
}

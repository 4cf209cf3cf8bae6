import Foundations

/// The blocks in ascending order of a metric, with the bootstrap confidence in that order, for decisions on pruning.
///
/// A block's value is the mean over domains of the domains' means over texts (over groups of texts, if these have groups),
/// so that all domains have the same weight, whatever their number of texts. The texts, or groups, of each domain are resampled with replacement and the blocks ranked again,
/// a few thousand times (bootstrap, Efron 1979).
public struct BlockRanking: Sendable {
  /// A block with its rank.
  public struct Place: Sendable {
    /// 0-based index of the block.
    public let layer: Int
    public let value: Double
    /// The 95 % percentile interval of the value; nil if a domain has a single text, which has no spread.
    public let interval: ClosedRange<Double>?
    /// For k = 1 …: the share of resamples in which the block is among the k smallest; nil under the condition of the
    /// interval.
    public let leastShares: [Double]?
  }

  /// The blocks in ascending order of the value; the earlier first among equals.
  public let places: [Place]
  /// For k = 1 …: the share of resamples in which the k smallest are the same blocks as here; nil if a domain has a
  /// single text.
  ///
  /// It measures the confidence in the order among texts of the same distribution. It is no statement about other
  /// domains, or about whether the blocks are dispensable.
  public let sameSetShares: [Double]?
  public let resamples: Int

  /// - Parameters:
  ///   - samples: one metric of each domain; domains without texts are ignored.
  ///   - layers: the blocks of the samples.
  ///   - resamples: number of resamples.
  ///   - seed: the same seed and samples give the same bits.
  /// - Returns: nil if no domain has a text.
  public init?(_ samples: [DomainSample], layers: Range<Int>, resamples: Int = 2_000, seed: UInt64) {
    let domains = samples.map(\.unitValues).filter { !$0.isEmpty }
    guard !domains.isEmpty, !layers.isEmpty, resamples > 0 else { return nil }
    let blocks = layers.count
    // Row by row, so that a resample traverses one array.
    let rows = domains.map { Array($0.joined()) }
    let values = Self.means(rows, blocks) { text, _ in text }
    let order = Self.order(values)
    var rank = Array(repeating: 0, count: blocks)
    for (place, block) in order.enumerated() { rank[block] = place }

    var generator = SplitMix64(seed: seed, purpose: .ranking, index: 0)
    var draws = Array(repeating: [Double](), count: blocks)
    // Counts of each block at each rank, and of each k for which the first k blocks are the same.
    var placed = Array(repeating: Array(repeating: 0, count: blocks), count: blocks)
    var same = Array(repeating: 0, count: blocks)
    for _ in 0..<resamples {
      let drawn = Self.means(rows, blocks) { _, count in Int(generator.next(below: UInt64(count))) }
      var furthest = 0
      for (place, block) in Self.order(drawn).enumerated() {
        placed[block][place] += 1
        furthest = max(furthest, rank[block])
        if furthest == place { same[place] += 1 }
      }
      for block in 0..<blocks { draws[block].append(drawn[block]) }
    }
    let hasSpread = domains.allSatisfy { $0.count > 1 }
    places = order.map { block in
      var count = 0
      let shares = placed[block].map { times in
        count += times
        return Double(count) / Double(resamples)
      }
      let sorted = draws[block].sorted()
      let low = Quantile.of(sorted, 0.5 * (1 - Bootstrap.level))
      let high = Quantile.of(sorted, 0.5 * (1 + Bootstrap.level))
      return Place(
        layer: layers.lowerBound + block, value: values[block], interval: hasSpread ? low...high : nil,
        leastShares: hasSpread ? shares : nil)
    }
    sameSetShares = hasSpread ? same.map { Double($0) / Double(resamples) } : nil
    self.resamples = resamples
  }

  /// Returns the blocks' means over domains of the means of the texts selected by `pick`, which is called once per
  /// text.
  @inline(__always)
  private static func means(
    _ domains: [[Double]], _ blocks: Int, _ pick: (_ text: Int, _ count: Int) -> Int
  ) -> [Double] {
    var total = Array(repeating: 0.0, count: blocks)
    var sum = Array(repeating: 0.0, count: blocks)
    for rows in domains {
      let count = rows.count / blocks
      for block in 0..<blocks { sum[block] = 0 }
      // Without bounds checks per number, which would dominate a resample of many texts.
      rows.withUnsafeBufferPointer { rows in
        sum.withUnsafeMutableBufferPointer { sum in
          for text in 0..<count {
            let start = pick(text, count) * blocks
            for block in 0..<blocks { sum[block] += rows[start + block] }
          }
        }
      }
      for block in 0..<blocks { total[block] += sum[block] / Double(count) }
    }
    return total.map { $0 / Double(domains.count) }
  }

  private static func order(_ values: [Double]) -> [Int] {
    values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  }
}

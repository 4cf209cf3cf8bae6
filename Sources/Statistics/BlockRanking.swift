import Foundations

/// The blocks in ascending order of a metric, with the bootstrap confidence in that order, for decisions on pruning.
///
/// A block's value is the mean over domains of the domains' means over texts (over groups of texts, if these have groups),
/// so that all domains have the same weight, whatever their number of texts. The texts, or groups, of each domain are
/// resampled with replacement and the blocks ranked again, a few thousand times (bootstrap, Efron 1979); and once more with
/// the domains resampled as well (two-stage bootstrap, Davison & Hinkley 1997, section 3.8), for what other domains like
/// these would say.
public struct BlockRanking: Sendable {
  /// A block with its rank.
  public struct Place: Sendable {
    /// 0-based index of the block.
    public let layer: Int
    public let value: Double
    /// The 95 % percentile interval of the value; nil if a domain has a single text, or group, which has
    /// no spread.
    public let interval: ClosedRange<Double>?
    /// For k = 1 …: the share of resamples in which the block is among the k smallest; nil under the condition of the
    /// interval.
    public let leastShares: [Double]?
    /// The same with the domains resampled as well; nil for a single domain, too.
    public let leastSharesOverDomains: [Double]?
  }

  /// Blocks of one domain.
  public struct Domain: Sendable {
    public let name: String
    /// 0-based indices of the blocks in ascending order of the domain's own means; the earlier first among equals.
    public let layers: [Int]
  }

  /// The blocks in ascending order of the value; the earlier first among equals.
  public let places: [Place]
  /// The domains that have texts, each with its own order.
  public let domains: [Domain]
  /// For k = 1 …: the share of resamples in which the k smallest are the same blocks as here; nil if a domain has a
  /// single text, or group.
  ///
  /// It measures the confidence in the order among texts (or groups) of the same distribution. It is no statement about other
  /// domains, or about whether the blocks are dispensable.
  public let sameSetShares: [Double]?
  /// The same with the domains resampled as well; nil for a single domain, too.
  public let sameSetSharesOverDomains: [Double]?
  public let resamples: Int

  /// - Parameters:
  ///   - samples: one metric of each domain; domains without texts are ignored.
  ///   - layers: the blocks of the samples.
  ///   - resamples: number of resamples.
  ///   - seed: the same seed and samples give the same bits.
  /// - Returns: nil if no domain has a text.
  public init?(_ samples: [DomainSample], layers: Range<Int>, resamples: Int = 2_000, seed: UInt64) {
    let samples = samples.filter { !$0.values.isEmpty }
    guard !samples.isEmpty, !layers.isEmpty, resamples > 0 else { return nil }
    let units = samples.map(\.unitValues)
    let blocks = layers.count
    // Row by row, so that a resample traverses one array.
    let rows = units.map { Array($0.joined()) }
    let own = rows.map { Self.mean($0, blocks) { text, _ in text } }
    let values = Self.mean(of: own, blocks)
    let order = Self.order(values)

    let hasSpread = units.allSatisfy { $0.count > 1 }
    var generator = SplitMix64(seed: seed, purpose: .ranking, index: 0)
    var texts = Draws(order)
    for _ in 0..<(hasSpread ? resamples : 0) {
      texts.add(
        Self.mean(of: rows.map { Self.mean($0, blocks) { _, count in generator.place(below: count) } }, blocks))
    }
    var both = Draws(order)
    generator = SplitMix64(seed: seed, purpose: .ranking, index: 1)
    for _ in 0..<(hasSpread && rows.count > 1 ? resamples : 0) {
      let drawn = rows.map { _ in rows[generator.place(below: rows.count)] }
      both.add(
        Self.mean(of: drawn.map { Self.mean($0, blocks) { _, count in generator.place(below: count) } }, blocks))
    }
    places = order.map { block in
      Place(
        layer: layers.lowerBound + block, value: values[block], interval: texts.interval(block),
        leastShares: texts.leastShares(block), leastSharesOverDomains: both.leastShares(block))
    }
    domains = zip(samples, own).map { sample, means in
      Domain(name: sample.name, layers: Self.order(means).map { layers.lowerBound + $0 })
    }
    (sameSetShares, sameSetSharesOverDomains) = (texts.sameSetShares, both.sameSetShares)
    self.resamples = resamples
  }

  /// Resamples as far as they are drawn.
  private struct Draws {
    private let rank: [Int]
    private var values: [[Double]]
    /// Counts of each block at each rank, and of each k for which the first k blocks are the same.
    private var placed: [[Int]]
    private var same: [Int]
    private var count = 0

    /// - Parameter order: the blocks in the order of the sample itself.
    init(_ order: [Int]) {
      var rank = Array(repeating: 0, count: order.count)
      for (place, block) in order.enumerated() { rank[block] = place }
      self.rank = rank
      values = order.map { _ in [] }
      placed = Array(repeating: Array(repeating: 0, count: order.count), count: order.count)
      same = Array(repeating: 0, count: order.count)
    }

    mutating func add(_ drawn: [Double]) {
      var furthest = 0
      for (place, block) in BlockRanking.order(drawn).enumerated() {
        placed[block][place] += 1
        furthest = max(furthest, rank[block])
        if furthest == place { same[place] += 1 }
        values[block].append(drawn[block])
      }
      count += 1
    }

    func interval(_ block: Int) -> ClosedRange<Double>? {
      guard count > 0 else { return nil }
      let sorted = values[block].sorted()
      return Quantile.of(sorted, 0.5 * (1 - Bootstrap.level))...Quantile.of(sorted, 0.5 * (1 + Bootstrap.level))
    }

    func leastShares(_ block: Int) -> [Double]? {
      guard count > 0 else { return nil }
      var sum = 0
      return placed[block].map { times in
        sum += times
        return Double(sum) / Double(count)
      }
    }

    var sameSetShares: [Double]? { count > 0 ? same.map { Double($0) / Double(count) } : nil }
  }

  /// Returns the blocks' means over the texts selected by `pick`, which is called once per text.
  @inline(__always)
  private static func mean(
    _ rows: [Double], _ blocks: Int, _ pick: (_ text: Int, _ count: Int) -> Int
  ) -> [Double] {
    let count = rows.count / blocks
    var sum = Array(repeating: 0.0, count: blocks)
    // Without bounds checks per number, which would dominate a resample of many texts.
    rows.withUnsafeBufferPointer { rows in
      sum.withUnsafeMutableBufferPointer { sum in
        for text in 0..<count {
          let start = pick(text, count) * blocks
          for block in 0..<blocks { sum[block] += rows[start + block] }
        }
      }
    }
    return sum.map { $0 / Double(count) }
  }

  /// Returns the blocks' means over domains.
  private static func mean(of domains: [[Double]], _ blocks: Int) -> [Double] {
    (0..<blocks).map { block in domains.reduce(0) { $0 + $1[block] } / Double(domains.count) }
  }

  private static func order(_ values: [Double]) -> [Int] {
    values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  }
}

extension SplitMix64 {
  fileprivate mutating func place(below count: Int) -> Int { Int(next(below: UInt64(count))) }
}

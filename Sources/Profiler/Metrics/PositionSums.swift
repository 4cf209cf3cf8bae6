import LlamaCore

/// Sums over the positions of each bucket of a text, at every block: what the metrics of any of its first tokens, and of any bucket, are
/// made of.
///
/// Of a mean it is the sum, of a maximum the maximum, of a standard deviation the sum and `Σ(element - mean)²`; sums over elements are
/// divided by the width of a row, `D`. A bucket in which the text has sinks has them a second time, without these.
package struct PositionSums: Sendable, Equatable {
  /// Number of tokens of the text, `T`.
  package let tokens: Int
  /// Number of measured blocks.
  package let blocks: Int
  /// Positions of the sinks, ascending.
  package let sinks: [Int]
  /// Metrics of tokens, in the order of the table.
  private let metrics: [Metric]
  /// `[block][bucket, then buckets with sinks][number]`.
  package let values: [Double]

  /// Buckets that the text has, and those with sinks.
  private var buckets: Int { PositionBucket.count(tokens: tokens) }
  private let sinkBuckets: [PositionBucket]

  /// - Parameters:
  ///   - metrics: metrics of the run.
  ///   - sinks: positions of the sinks, ascending.
  ///   - values: as ``values``; nil to begin without.
  /// - Returns: nil if there are not as many values as these texts have.
  package init?(tokens: Int, blocks: Int, metrics: [Metric], sinks: [Int], values: [Double]) {
    guard tokens > 0, blocks > 0, sinks.allSatisfy({ (0..<tokens).contains($0) }) else { return nil }
    (self.tokens, self.blocks, self.sinks, self.values) = (tokens, blocks, sinks, values)
    self.metrics = metrics.filter(\.isOfTokens)
    sinkBuckets = Set(sinks.map { PositionBucket(of: $0) }).sorted()
    guard values.count == blocks * rows * width else { return nil }
  }

  /// Sums the numbers of every token.
  ///
  /// - Parameter values: numbers of the tokens, block by block.
  init?(_ values: [TokenValues], metrics: [Metric], sinks: [Int]) {
    guard let tokens = values.first?.tokens else { return nil }
    let buckets = (0..<PositionBucket.count(tokens: tokens)).map { PositionBucket($0) }
    let sinkBuckets = Set(sinks.map { PositionBucket(of: $0) }).sorted()
    let known = Set(sinks)
    let without = sinkBuckets.map { bucket in
      bucket.positions.clamped(to: 0..<tokens).filter { !known.contains($0) }
    }
    var sums: [Double] = []
    for block in values {
      for bucket in buckets { sums += block.sums(of: bucket.positions.clamped(to: 0..<tokens)) }
      for chosen in without { sums += block.sums(of: chosen) }
    }
    self.init(tokens: tokens, blocks: values.count, metrics: metrics, sinks: sinks, values: sums)
  }

  /// Number of rows of a block, and of numbers in each.
  private var rows: Int { buckets + sinkBuckets.count }
  private var width: Int { metrics.reduce(0) { $0 + $1.numbersOfTokens } }

  /// Number of values of texts with no sinks, for estimates.
  package static func count(tokens: Int, blocks: Int, metrics: [Metric]) -> Int {
    PositionBucket.count(tokens: tokens) * blocks
      * metrics.filter(\.isOfTokens).reduce(0) { $0 + $1.numbersOfTokens }
  }

  /// Computes the metrics of some buckets in a scope, block by block; none where no token is left.
  ///
  /// - Parameters:
  ///   - buckets: buckets that the text fills.
  ///   - scope: tokens that count.
  package func metrics(of buckets: Range<Int>, _ scope: Scope) -> [BlockMetrics] {
    var parts: [(row: Int, tokens: Int)] = []
    for index in buckets where index < self.buckets && !(scope == .withoutFirstToken && index == 0) {
      let bucket = PositionBucket(index)
      let count = bucket.positions.clamped(to: 0..<tokens).count
      if scope == .withoutSinks, let place = sinkBuckets.firstIndex(of: bucket) {
        parts.append((self.buckets + place, count - sinks.count { PositionBucket(of: $0) == bucket }))
      } else {
        parts.append((index, count))
      }
    }
    parts.removeAll { $0.tokens == 0 }
    guard !parts.isEmpty else { return [] }
    return (0..<blocks).map { block in
      var row = merged(parts.map { (start: (block * rows + $0.row) * width, tokens: Double($0.tokens)) })
      row.clear(scope)
      return row
    }
  }

  private func merged(_ parts: [(start: Int, tokens: Double)]) -> BlockMetrics {
    var result = BlockMetrics.undefined
    let count = parts.reduce(0) { $0 + $1.tokens }
    var place = 0
    for metric in metrics {
      defer { place += metric.numbersOfTokens }
      guard case .tokens(let reduction, _) = metric.definition.measure else { continue }
      switch reduction {
      case .tokenMean, .elementMean: result[metric] = parts.reduce(0) { $0 + values[$1.start + place] } / count
      case .maximum: result[metric] = parts.reduce(0) { max($0, values[$1.start + place]) }
      case .deviation: result[metric] = (m2(parts, place) / count).squareRoot()
      }
    }
    return result
  }

  /// `Σ(element - mean)² / D` over all parts (Chan, Golub & LeVeque 1979).
  private func m2(_ parts: [(start: Int, tokens: Double)], _ place: Int) -> Double {
    var (tokens, mean, m2) = (0.0, 0.0, 0.0)
    for part in parts {
      let distance = values[part.start + place] / part.tokens - mean
      let total = tokens + part.tokens
      m2 += values[part.start + place + 1] + distance * distance * (tokens * part.tokens / total)
      mean += distance * (part.tokens / total)
      tokens = total
    }
    return m2
  }
}

extension Metric {
  /// True if the metric is made of a number of every token.
  package var isOfTokens: Bool { numbersOfTokens > 0 }

  /// Number of numbers of a token that the metric is made of; 0 for metrics of other kinds.
  var numbersOfTokens: Int {
    if case .tokens(_, let numbers) = definition.measure { numbers.count } else { 0 }
  }
}

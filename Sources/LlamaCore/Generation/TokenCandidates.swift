import Foundation

/// The tokens that may come next, with their logits in double precision: what a ``LogitsProcessor`` works on.
public struct TokenCandidates: Sendable, Equatable {
  /// Ids, ascending.
  public private(set) var tokens: [TokenID]
  /// The logit of each of ``tokens``.
  public private(set) var logits: [Double]

  /// Every token of the vocabulary.
  ///
  /// - Parameter logits: one for each id from 0 on; -∞ for a token that cannot come.
  /// - Throws: ``SamplingError/notFinite(token:logit:)`` for NaN or ∞, ``SamplingError/noToken`` where no token can come.
  public init(_ logits: some Collection<Float>) throws(SamplingError) {
    try self.init(logits.map(Double.init))
  }

  private init(_ values: [Double]) throws(SamplingError) {
    try values.checkLogits()
    tokens = (0..<values.count).map { TokenID($0) }
    logits = values
  }

  /// The largest logit.
  public var largest: Double { logits.max() ?? -.infinity }

  /// The softmax of ``logits``: the probability of each of ``tokens``.
  public var probabilities: [Double] {
    let weights = weights
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// `exp(logit - largest)`: probabilities but for a common factor.
  var weights: [Double] {
    let largest = largest
    return logits.map { exp($0 - largest) }
  }

  /// Gives every token another logit, or takes it out where `logit` returns nil.
  public mutating func update(_ logit: (_ token: TokenID, _ logit: Double) -> Double?) {
    var kept = 0
    for index in tokens.indices {
      guard let value = logit(tokens[index], logits[index]) else { continue }
      tokens[kept] = tokens[index]
      logits[kept] = value
      kept += 1
    }
    tokens.removeSubrange(kept...)
    logits.removeSubrange(kept...)
  }

  /// Keeps the token with the largest logit, of equal ones that with the lowest id.
  mutating func keepLargest() {
    guard let best = logits.indices.max(by: { logits[$0] < logits[$1] }) else { return }
    let first = logits.firstIndex(of: logits[best]) ?? best
    (tokens, logits) = ([tokens[first]], [logits[first]])
  }

  /// Keeps tokens from the largest logit down, of equal ones the lowest id first, until their measures add up to `target`.
  ///
  /// Tokens are counted into ranges of logits, and only the range where the target is reached is sorted.
  mutating func keepLargest(until target: Double, measure: (_ index: Int) -> Double) {
    let largest = largest
    let span = min(largest - (logits.min() ?? largest), Self.span)
    let scale = span > 0 ? Double(Self.ranges) / span : 0
    let last = Self.ranges - 1
    func range(_ logit: Double) -> Int {
      let place = (largest - logit) * scale
      // -∞ times zero is NaN, which is not less than anything.
      return place < Double(last) ? Int(place) : last
    }
    var sums = [Double](repeating: 0, count: Self.ranges)
    for index in logits.indices { sums[range(logits[index])] += measure(index) }
    var reached = 0.0
    var cut = 0
    while cut < last, reached + sums[cut] < target {
      reached += sums[cut]
      cut += 1
    }
    let border = logits.indices.filter { range(logits[$0]) == cut }
      .sorted { (logits[$0], $1) > (logits[$1], $0) }
    var isKept = [Bool](repeating: false, count: logits.count)
    for index in border {
      if reached >= target { break }
      reached += measure(index)
      isKept[index] = true
    }
    var index = -1
    update { _, logit in
      index += 1
      return isKept[index] || range(logit) < cut ? logit : nil
    }
  }

  /// The token at a place of the cumulative distribution, ids ascending.
  /// - Parameter place: from 0 up to but not including 1.
  /// - Throws: ``SamplingError/noToken`` where the logits are such that none has a probability.
  func token(at place: Double) throws(SamplingError) -> TokenID {
    let weights = weights
    let total = weights.reduce(0, +)
    guard total > 0, total < .infinity else { throw .noToken }
    let wanted = place * total
    var sum = 0.0
    for (index, weight) in weights.enumerated() {
      sum += weight
      if sum > wanted { return tokens[index] }
    }
    // Rounding at the very end.
    guard let index = weights.lastIndex(where: { $0 > 0 }) else { throw .noToken }
    return tokens[index]
  }

  /// Ranges of logits that tokens are counted into.
  private static let ranges = 4096
  /// The logits below the largest that ranges cover; what is less likely than `exp(-64)` shares the last one.
  private static let span = 64.0
}

extension Collection where Element: BinaryFloatingPoint {
  /// Refuses logits that give no distribution.
  func checkLogits() throws(SamplingError) {
    var isPossible = false
    for (token, value) in enumerated() {
      // NaN is not less than anything.
      guard value < .infinity else { throw .notFinite(token: token, logit: Double(value)) }
      if value > -.infinity { isPossible = true }
    }
    guard isPossible else { throw .noToken }
  }
}

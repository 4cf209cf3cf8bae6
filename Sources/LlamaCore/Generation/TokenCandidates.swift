import Foundation

/// The candidates for the next token, with their logits in double precision: the input and output of a
/// ``LogitsProcessor``.
public struct TokenCandidates: Sendable, Equatable {
  /// Ids, ascending.
  public private(set) var tokens: [TokenID]
  /// The logit of each of ``tokens``.
  public private(set) var logits: [Double]

  /// The largest of ``logits``.
  public private(set) var largest: Double

  /// Creates candidates from the whole vocabulary.
  ///
  /// - Parameter logits: one for each id from 0 on; -∞ for an excluded token.
  /// - Throws: ``SamplingError/notFinite(token:logit:)`` for NaN or ∞, ``SamplingError/noToken`` if all tokens are
  ///   excluded.
  public init(_ logits: [Float]) throws(SamplingError) {
    try logits.checkLogits()
    tokens = logits.indices.map { TokenID(truncatingIfNeeded: $0) }
    self.logits = logits.map { Double($0) }
    largest = Extremes(self.logits).largest
  }

  /// Softmax of ``logits``: the probability of each of ``tokens``.
  public var probabilities: [Double] {
    let (weights, total) = weights
    return weights.map { $0 / total }
  }

  /// `exp(logit - largest)`, the unnormalized probabilities, and their sum.
  var weights: (values: [Double], total: Double) {
    let largest = largest
    var total = 0.0
    let values = logits.map { logit in
      let weight = exp(logit - largest)
      total += weight
      return weight
    }
    return (values, total)
  }

  /// Divides the differences of the logits from the largest by a number.
  mutating func scale(by divisor: Double) {
    let largest = largest
    logits = logits.map { ($0 - largest) / divisor }
    self.largest = 0
  }

  /// Replaces the logit of every token, or removes the token if `logit` returns nil.
  public mutating func update(_ logit: (_ token: TokenID, _ logit: Double) -> Double?) {
    var kept: (tokens: [TokenID], logits: [Double]) = ([], [])
    for index in tokens.indices {
      guard let value = logit(tokens[index], logits[index]) else { continue }
      kept.tokens.append(tokens[index])
      kept.logits.append(value)
    }
    (tokens, logits) = kept
    largest = Extremes(logits).largest
  }

  /// Replaces the logits of the chosen tokens that are candidates.
  mutating func update(_ chosen: Set<TokenID>, _ logit: (Double) -> Double) {
    if let last = tokens.last, Int(last) == tokens.count - 1 {
      // Ids ascend and none is missing, so the index of a token is its id.
      for token in chosen where logits.indices.contains(Int(token)) { logits[Int(token)] = logit(logits[Int(token)]) }
    } else {
      for (index, token) in tokens.enumerated() where chosen.contains(token) { logits[index] = logit(logits[index]) }
    }
    largest = Extremes(logits).largest
  }

  /// Keeps the tokens whose logit is at least `least`, which must not exceed the largest.
  mutating func keep(from least: Double) {
    let kept = logits.indices.filter { !(logits[$0] < least) }
    (tokens, logits) = (kept.map { tokens[$0] }, kept.map { logits[$0] })
  }

  /// Keeps the token with the largest logit, the lowest id among equals.
  mutating func keepLargest() {
    guard let best = logits.indices.max(by: { logits[$0] < logits[$1] }) else { return }
    let first = logits.firstIndex(of: logits[best]) ?? best
    (tokens, logits) = ([tokens[first]], [logits[first]])
  }

  /// Keeps tokens in descending order of logits, the lowest id first among equals, until their measures add up to
  /// `target`.
  ///
  /// Tokens are counted into ranges of logits, and only the range in which the target is reached is sorted.
  mutating func keepLargest(until target: Double, measure: (_ index: Int) -> Double) {
    let largest = largest
    let span = min(largest - Extremes(logits).smallest, Self.span)
    let scale = span > 0 ? Double(Self.ranges) / span : 0
    let last = Double(Self.ranges - 1)
    // -∞ times zero is NaN, for which every comparison is false.
    let places = logits.map { logit in
      let place = (largest - logit) * scale
      return UInt16(place < last ? place : last)
    }
    var sums = [Double](repeating: 0, count: Self.ranges)
    for index in places.indices { sums[Int(places[index])] += measure(index) }
    var reached = 0.0
    var cut = 0
    while cut < Self.ranges - 1, reached + sums[cut] < target {
      reached += sums[cut]
      cut += 1
    }
    var kept: [Int] = []
    var border: [Int] = []
    for (index, place) in places.enumerated() where place <= cut {
      if place < cut { kept.append(index) } else { border.append(index) }
    }
    for index in border.sorted(by: { (logits[$0], $1) > (logits[$1], $0) }) {
      if reached >= target { break }
      reached += measure(index)
      kept.append(index)
    }
    kept.sort()
    (tokens, logits) = (kept.map { tokens[$0] }, kept.map { logits[$0] })
  }

  /// Returns the token at a point of the cumulative distribution, ids ascending.
  /// - Parameter place: a number in [0, 1).
  /// - Throws: ``SamplingError/noToken`` if no token has a positive probability.
  func token(at place: Double) throws(SamplingError) -> TokenID {
    let (weights, total) = weights
    guard total > 0, total < .infinity else { throw .noToken }
    let wanted = place * total
    var sum = 0.0
    for (index, weight) in weights.enumerated() {
      sum += weight
      if sum > wanted { return tokens[index] }
    }
    // Rounding may exceed the last partial sum.
    guard let index = weights.lastIndex(where: { $0 > 0 }) else { throw .noToken }
    return tokens[index]
  }

  /// Number of ranges that tokens are counted into.
  private static let ranges = 4096
  /// Range of logits below the largest that is divided; tokens less likely than `exp(-64)` share the last range.
  private static let span = 64.0
}

extension [Float] {
  /// Throws for logits that define no distribution.
  func checkLogits() throws(SamplingError) {
    var isFinite = true
    var isPossible = false
    for value in self {
      // Comparisons with NaN are false.
      isFinite = isFinite && value < .infinity
      isPossible = isPossible || value > -.infinity
    }
    if !isFinite, let token = firstIndex(where: { !($0 < .infinity) }) {
      throw .notFinite(token: token, logit: Double(self[token]))
    }
    guard isPossible else { throw .noToken }
  }
}

/// The largest and smallest of a list of numbers.
private struct Extremes {
  let largest: Double
  let smallest: Double

  /// Four at a time, because each comparison depends on the one before.
  init(_ values: [Double]) {
    var high = SIMD4<Double>(repeating: -.infinity)
    var low = SIMD4<Double>(repeating: .infinity)
    for start in stride(from: 0, to: values.count & ~3, by: 4) {
      let lanes = SIMD4(values[start], values[start + 1], values[start + 2], values[start + 3])
      high = high.replacing(with: lanes, where: lanes .> high)
      low = low.replacing(with: lanes, where: lanes .< low)
    }
    let rest = values.suffix(values.count & 3)
    largest = max(high.max(), rest.max() ?? -.infinity)
    smallest = min(low.min(), rest.min() ?? .infinity)
  }
}

import Foundation
import Profiler
import Statistics

/// The four claims of the page that this project began with, each held against the numbers of a run: the mean of every
/// block's change is 0; later blocks do most; one domain stands apart at some blocks while the others follow one trend;
/// the first and the last block vary most between texts.
struct OriginalClaims {
  let data: ReportData
  let scope: Scope

  var statements: [Statement] { meanIsZero + laterBlocks + oneApart + endsVaryMost }

  /// Share of results that may be wrong where each is tested.
  private static let alpha = 0.05

  private static func claim(_ words: String, _ finding: String, _ claim: Claim) -> [Statement] {
    [Statement(claim, "<b>“\(words)”</b> \(finding)")]
  }

  /// Returns the mean of positive numbers' middle; nil without numbers.
  private static func median(_ values: [Double]) -> Double? { values.isEmpty ? nil : Quantile.median(values) }

  // MARK: The mean

  private var meanIsZero: [Statement] {
    let (means, sizes) = (data.table(.mean, scope), data.table(.absMean, scope))
    var places: [(name: String, layer: Int, own: RunningStatistics, share: Double?)] = []
    for (domain, name) in data.names.enumerated() where means.indices.contains(domain) && sizes.indices.contains(domain)
    {
      for (block, layer) in data.layers.enumerated() {
        let own = means[domain][block]
        guard let mean = own.mean else { continue }
        let size = sizes[domain][block].mean ?? 0
        places.append((name, layer, own, size > 0 ? abs(mean) / size : nil))
      }
    }
    let tested = places.filter { ($0.own.variance ?? 0) > 0 }
    guard !tested.isEmpty else { return [] }
    let level = Self.alpha / Double(tested.count)
    let off = tested.count { place in
      let own = place.own
      guard let mean = own.mean, let deviation = own.standardDeviation else { return false }
      let t = mean / (deviation / Double(own.count).squareRoot())
      return StudentT(df: Double(own.count - 1)).twoSided(t) < level
    }
    let shares = tested.compactMap(\.share)
    var size = ""
    if let middle = Self.median(shares), let most = tested.max(by: { ($0.share ?? 0) < ($1.share ?? 0) }) {
      size =
        " Its size is \(Words.percent(middle, 1)) of the mean absolute change in the median, and "
        + "\(Words.percent(most.share, 1)) at most (\(Words.strong(most.name)) at block \(most.layer))."
    }
    let words = "The mean change is 0."
    let count = TextTable.count(tested.count, "place")
    guard off > 0 else {
      return Self.claim(
        words, "Not refuted: at none of \(count) (a domain at a block) is the mean known to differ from 0.\(size)",
        .claimMeanHolds)
    }
    return Self.claim(
      words,
      "Refuted: at \(TextTable.count(off)) of \(count) (a domain at a block) the mean differs from 0 (t test, Bonferroni)."
        + size, .claimMeanFails)
  }

  // MARK: Later blocks

  /// Returns the share of the last third of the blocks in a metric's sum over blocks of means over domains.
  private func lastThird(_ metric: Metric) -> Double? {
    let values = data.overall(.metric(metric), scope).compactMap(\.self)
    let all = values.reduce(0, +)
    guard values.count == data.layers.count, all > 0 else { return nil }
    return values.suffix((values.count + 2) / 3).reduce(0, +) / all
  }

  private var laterBlocks: [Statement] {
    guard data.layers.count > 2, let absolute = lastThird(.absMean) else { return [] }
    let last = Array(data.layers.suffix((data.layers.count + 2) / 3))
    let even = Double(last.count) / Double(data.layers.count)
    let isThird = data.layers.count % 3 == 0
    let subject =
      isThird ? "the last third of the blocks" : "the last \(last.count) of \(data.layers.count) blocks"
    let places = Words.blocks(last).drop { !$0.isNumber }
    var text =
      "\(subject) (\(places)) \(isThird ? "has" : "have") \(Words.percent(absolute)) of the sum of <code>abs_mean</code>, where "
      + "\(Words.percent(even)) would be even"
    let relative = data.record.metrics.contains(.relativeNorm) ? lastThird(.relativeNorm) : nil
    if let relative { text += ", and \(Words.percent(relative)) of that of <code>relative_norm</code>" }
    let words = "Later blocks do the heavy lifting."
    switch (absolute > even, relative.map { $0 > even }) {
    case (true, true?), (true, nil): return Self.claim(words, "Borne out: \(text).", .claimLaterHolds)
    case (true, false?):
      return Self.claim(
        words, "In absolute size only, not against the stream that they add to: \(text).", .claimLaterAbsolute)
    case (false, true?):
      return Self.claim(
        words, "Only against the stream that they add to, not in absolute size: \(text).", .claimLaterRelative)
    case (false, _): return Self.claim(words, "Refuted: \(text).", .claimLaterFails)
    }
  }

  // MARK: One domain apart

  /// Returns, by domain, the blocks at which it is farther from the nearest other domain than the others are from each
  /// other, with the 95 % intervals of both means apart; and whether it lies above the others.
  private var apart: [(name: String, layers: [Int], above: Int)]? {
    let table = data.table(.absMean, scope)
    guard table.count > 2 else { return nil }
    var found = data.names.map { (name: $0, layers: [Int](), above: 0) }
    for (block, layer) in data.layers.enumerated() {
      let means = table.enumerated().compactMap { domain, row -> (domain: Int, mean: Double, half: Double)? in
        guard let mean = row[block].mean, let half = ReportData.intervalHalf(row[block]) else { return nil }
        return (domain, mean, half)
      }.sorted { ($0.mean, $0.domain) < ($1.mean, $1.domain) }
      guard means.count == table.count, means.count > 2 else { continue }
      for own in [0, means.count - 1] {
        let others = own == 0 ? means.dropFirst() : means.dropLast()
        guard let low = others.first, let high = others.last else { continue }
        let nearest = own == 0 ? low : high
        let gap = abs(means[own].mean - nearest.mean)
        guard gap > high.mean - low.mean, gap > means[own].half + nearest.half else { continue }
        found[means[own].domain].layers.append(layer)
        if own > 0 { found[means[own].domain].above += 1 }
      }
    }
    return found.filter { !$0.layers.isEmpty }.sorted { $0.layers.count > $1.layers.count }
  }

  private var oneApart: [Statement] {
    guard let apart else { return [] }
    let words = "One domain stands apart at some blocks, the others follow one trend."
    let meaning = "(farther from the nearest other than the others are from each other, with 95 % intervals apart)"
    guard let most = apart.first else {
      return Self.claim(words, "Refuted: no domain stands apart at any block \(meaning).", .claimNoneApart)
    }
    func places(_ domain: (name: String, layers: [Int], above: Int)) -> String {
      let gaps = zip(domain.layers, domain.layers.dropFirst()).count { $0 + 1 != $1 }
      let place = gaps > 3 ? TextTable.count(domain.layers.count, "block") : Words.blocks(domain.layers)
      let side =
        domain.above == domain.layers.count ? "above the others" : domain.above == 0 ? "below them" : "on both sides"
      return "\(Words.strong(domain.name)) at \(place), \(side)"
    }
    guard apart.count > 1 else {
      return Self.claim(words, "Borne out \(meaning): \(places(most)).", .claimOneApart)
    }
    let named = apart.prefix(3).map(places)
    let rest = apart.count - named.count
    let list = named.joined(separator: "; ") + (rest > 0 ? "; \(TextTable.count(rest, "other domain"))" : "")
    return Self.claim(
      words, "Not one: \(apart.count) domains stand apart, each at blocks of its own \(meaning): \(list).",
      .claimSeveralApart)
  }

  // MARK: First and last block

  private var endsVaryMost: [Statement] {
    let table = data.table(.absMean, scope)
    let blocks = Array(data.layers.enumerated())
    guard blocks.count > 3, let first = data.layers.first, let last = data.layers.last else { return [] }
    /// Blocks in descending order of a number's mean over domains; empty if none has one.
    func ranked(_ value: (RunningStatistics) -> Double?) -> [Int] {
      let found = blocks.compactMap { block, layer -> (layer: Int, value: Double)? in
        let values = table.compactMap { value($0[block]) }
        guard !values.isEmpty else { return nil }
        return (layer, values.reduce(0, +) / Double(values.count))
      }
      guard found.contains(where: { $0.value > 0 }) else { return [] }
      return found.sorted { ($1.value, $0.layer) < ($0.value, $1.layer) }.map(\.layer)
    }
    let byVariance = ranked { $0.variance }
    let byVariation = ranked { own in
      own.mean.flatMap { mean in own.standardDeviation.flatMap { mean > 0 ? $0 / mean : nil } }
    }
    guard byVariance.count > 3, byVariation.count > 3 else { return [] }
    let words = "The first and the last block vary most between texts."
    func top(_ ranked: [Int]) -> [Int] { Array(ranked.prefix(3)) }
    func holds(_ ranked: [Int]) -> Bool { top(ranked).contains(first) && top(ranked).contains(last) }
    func list(_ ranked: [Int]) -> String { Words.list(top(ranked).map(String.init)) }
    let text =
      "by variance of <code>abs_mean</code> blocks \(list(byVariance)) vary most, by its coefficient of variation blocks "
      + "\(list(byVariation)) (means over domains, in this order)"
    switch (holds(byVariance), holds(byVariation)) {
    case (true, true): return Self.claim(words, "Borne out: \(text).", .claimEndsVary)
    case (true, false):
      return Self.claim(
        words, "By variance only, which is larger where values are: \(text).", .claimEndsVaryAbsolute)
    case (false, true): return Self.claim(words, "Only relative to their size: \(text).", .claimEndsVaryRelative)
    case (false, false): return Self.claim(words, "Refuted: \(text).", .claimEndsDoNotVary)
    }
  }
}

import Foundations
import Statistics

/// How well profiles name the domain of a text that was not learnt from.
///
/// Ten times, the texts are divided into ten folds (fewer if a domain has fewer groups), no group in two of them; a
/// ``ShrunkDiscriminant`` that has learnt from nine names the domains of the tenth. The accuracy is balanced: the mean
/// over domains of the share of their texts that are named rightly, so that chance is one over the number of domains.
package struct Identification: Sendable {
  /// What the texts were named by: `profile`, `scale`, `shape`, `length`, `first_32`.
  package let input: String
  /// Mean number of texts by domain, and by the domain that they were called, over the repeats.
  package let named: [[Double]]
  /// Balanced accuracy, a mean over the repeats.
  package let accuracy: Double
  /// 95 % percentile bootstrap interval of the accuracy: groups are drawn with the calls of their held-out texts.
  package let interval: ClosedRange<Double>
  /// Share of relabellings of the groups, these labels among them, whose accuracy is as large in the first of the
  /// repeats; nil if not asked for.
  package let p: Double?
  package let folds: Int

  /// Numbers of draws.
  package struct Settings: Sendable {
    package var folds = 10
    package var repeats = 10
    package var resamples = 2_000
    /// Relabellings; 0 for none.
    package var permutations = 199
    package var seed: UInt64 = 0

    package init() {}
  }

  /// Smallest number of groups of a domain.
  package static let leastGroups = Verdict.leastTexts

  /// - Parameters:
  ///   - profiles: numbers to name texts by; every domain has ``leastGroups`` groups at least.
  ///   - workers: threads, which affect no bit.
  package init(_ input: String, _ profiles: GroupedProfiles, settings: Settings, _ workers: Workers) {
    self.input = input
    let folds = max(2, min(settings.folds, profiles.groupCounts.min() ?? 0))
    self.folds = folds
    let divided = (0..<settings.repeats).map { repetition in
      var generator = SplitMix64(seed: settings.seed, purpose: .folds, index: repetition)
      return GroupFolds.folds(
        profiles.domainOf, domains: profiles.domains, profiles.groupOf, groups: profiles.groups, count: folds,
        &generator)
    }
    let calls = workers.map(settings.repeats) { Self.calls(profiles, profiles.domainOf, divided[$0], folds) }
    let counts = Self.totals(profiles.domainOf, profiles.domains)
    var named = Array(repeating: Array(repeating: 0.0, count: profiles.domains), count: profiles.domains)
    // Number of repeats in which a text is named rightly.
    var right = Array(repeating: 0, count: profiles.texts)
    for calls in calls {
      for (text, call) in calls.enumerated() {
        named[profiles.domainOf[text]][call] += 1
        if call == profiles.domainOf[text] { right[text] += 1 }
      }
    }
    let repeats = Double(max(1, settings.repeats))
    self.named = named.map { $0.map { $0 / repeats } }
    accuracy = Self.balanced(named.indices.map { named[$0][$0] / repeats }, counts)
    interval = Self.interval(profiles, right.map { Double($0) / repeats }, settings)
    p = Self.p(profiles, observed: calls.first ?? [], folds, settings, workers)
  }

  /// Share of the texts of a domain that are named rightly.
  package func recall(_ domain: Int) -> Double { named[domain][domain] / named[domain].reduce(0, +) }

  // MARK: Calls

  /// Returns the domain that each text is called when its fold is held out.
  ///
  /// - Parameter domainOf: labels to learn from.
  package static func calls(
    _ profiles: GroupedProfiles, _ domainOf: [Int], _ foldOf: [Int], _ folds: Int
  ) -> [Int] {
    var calls = Array(repeating: 0, count: profiles.texts)
    for fold in 0..<folds {
      let learnt = foldOf.indices.filter { foldOf[$0] != fold }
      guard learnt.count < foldOf.count else { continue }
      let discriminant = ShrunkDiscriminant(profiles, domainOf: domainOf, rows: learnt)
      for text in foldOf.indices where foldOf[text] == fold {
        calls[text] = discriminant.call(profiles.values, row: text)
      }
    }
    return calls
  }

  /// Returns the number of texts of each domain.
  private static func totals(_ domainOf: [Int], _ domains: Int) -> [Double] {
    var counts = Array(repeating: 0.0, count: domains)
    for domain in domainOf { counts[domain] += 1 }
    return counts
  }

  private static func balanced(_ right: [Double], _ counts: [Double]) -> Double {
    let shares = zip(right, counts).compactMap { right, count in count > 0 ? right / count : nil }
    return shares.reduce(0, +) / Double(max(1, shares.count))
  }

  private static func accuracy(_ calls: [Int], _ domainOf: [Int], _ domains: Int) -> Double {
    var right = Array(repeating: 0.0, count: domains)
    for (call, domain) in zip(calls, domainOf) where call == domain { right[domain] += 1 }
    return balanced(right, totals(domainOf, domains))
  }

  // MARK: Uncertainty

  private static func interval(
    _ profiles: GroupedProfiles, _ right: [Double], _ settings: Settings
  ) -> ClosedRange<Double> {
    let draws = GroupDraws(profiles, seed: settings.seed, purpose: .calls)
    let found = (0..<max(1, settings.resamples)).map { draw -> Double in
      let times = draws.times(draw)
      var sums = Array(repeating: 0.0, count: profiles.domains)
      var counts = sums
      for text in 0..<profiles.texts {
        let weight = times[profiles.groupOf[text]]
        sums[profiles.domainOf[text]] += weight * right[text]
        counts[profiles.domainOf[text]] += weight
      }
      return balanced(sums, counts)
    }.sorted()
    let low = Quantile.of(found, 0.5 * (1 - Bootstrap.level))
    return low...max(low, Quantile.of(found, 0.5 * (1 + Bootstrap.level)))
  }

  private static func p(
    _ profiles: GroupedProfiles, observed: [Int], _ folds: Int, _ settings: Settings, _ workers: Workers
  ) -> Double? {
    guard settings.permutations > 0 else { return nil }
    let own = accuracy(observed, profiles.domainOf, profiles.domains)
    let labels = GroupLabels(profiles)
    let reached = workers.map(settings.permutations) { permutation in
      var generator = SplitMix64(seed: settings.seed, purpose: .labels, index: permutation)
      let domainOf = labels.shuffled(&generator)
      let foldOf = GroupFolds.folds(
        domainOf, domains: profiles.domains, profiles.groupOf, groups: profiles.groups, count: folds, &generator)
      let calls = calls(profiles, domainOf, foldOf, folds)
      // Shares of the same texts: equal ones may differ in the last bit.
      return accuracy(calls, domainOf, profiles.domains) >= own - 1e-12
    }
    return Double(1 + reached.count { $0 }) / Double(1 + settings.permutations)
  }
}

import Foundation
public import LlamaCore
import Statistics

/// What the removals cost in a domain, with the uncertainty of the texts.
///
/// The unit of observation is the text, or the group of texts where texts have groups, by the mean of its texts: `delta_nll`
/// is paired, changed model minus unchanged, and means are over these, each with the same weight. Texts of one token have nothing to predict and do not count. Intervals and verdicts are of
/// one unit at a time; ``Unit/isHarmlessOverall`` holds over all units of the domain.
public struct AblationSummary: Sendable {
  /// The costs of one removal.
  public struct Unit: Sendable {
    public let unit: BlockUnit
    /// Number of texts that count.
    public let texts: Int
    /// Number of their groups, n of every mean: the texts themselves unless they have groups.
    public let groups: Int
    /// Number of texts left out because a number of theirs is not finite.
    public let nonFiniteTexts: Int
    /// Mean over texts of the rise of the negative log-likelihood, in nats a token; nil without a text.
    public let deltaNLL: Double?
    /// The 95 % percentile interval of ``deltaNLL``, by bootstrap over texts; nil for fewer than two texts.
    public let interval: ClosedRange<Double>?
    /// Mean over texts of the divergence of the distributions, in nats; nil without a text.
    public let kl: Double?
    /// Mean over texts of the share of positions with the same most likely token; nil without a text.
    public let top1: Double?
    /// `exp` of the changed model's negative log-likelihood, a mean over all tokens; nil without a text.
    public let perplexity: Double?
    /// Rank of ``deltaNLL`` within the part, of spans within their length, 1 for the least harm; the earlier unit first among
    /// equals. Nil without a text.
    public let rank: Int?
    public let verdict: RemovalVerdict
    /// Number of texts (of groups, where texts have groups) that would decide an open verdict if mean and spread stayed as they are; nil for another verdict,
    /// if no number would, and above a million.
    public let textsNeeded: Int?
    /// One-sided p of the hypothesis that the mean is at least the margin (Student's t); NaN for fewer than two texts.
    public let p: Double
    /// p after Benjamini & Hochberg (1995), over all units of the domain.
    public let q: Double
    /// True if the verdict is harmless and q is below alpha: of the units for which it is true, an expected share of at
    /// most alpha is not harmless.
    public let isHarmlessOverall: Bool
  }

  public let domain: String
  /// Number of texts with a token to predict and a finite likelihood under the unchanged model.
  public let texts: Int
  /// Number of their groups: the texts themselves unless they have groups.
  public let groups: Int
  /// Number of predicted tokens of these texts: all but the first of each.
  public let predictedTokens: Int
  /// Number of texts of one token.
  public let textsOfOneToken: Int
  /// Number of texts with a number that is not finite, left out of the units that it belongs to.
  public let nonFiniteTexts: Int
  /// Negative log-likelihood under the unchanged model, a mean over texts, in nats a token; nil without a text.
  public let nll: Double?
  /// `exp` of the unchanged model's negative log-likelihood, a mean over all tokens; nil without a text.
  public let perplexity: Double?
  /// The units, in the order of the ablation.
  public let units: [Unit]
  public let settings: AblationSettings

  public init(_ domain: AblationDomain, settings: AblationSettings = AblationSettings()) {
    self.domain = domain.name
    self.settings = settings
    textsOfOneToken = domain.texts.count { $0.nll == nil }
    nonFiniteTexts = domain.texts.count { $0.hasNonFinite }
    let places = domain.texts.indices.filter { domain.texts[$0].nll?.isFinite == true }
    let base = places.map { (nll: domain.texts[$0].nll ?? .nan, tokens: domain.texts[$0].tokens - 1) }
    let bases = domain.sampleUnits(places)
    let tokens = base.reduce(0) { $0 + $1.tokens }
    (texts, groups, predictedTokens) = (base.count, bases.count, tokens)
    nll = RunningStatistics(bases.means { base[$0].nll }).mean
    perplexity = tokens > 0 ? exp(base.reduce(0) { $0 + $1.nll * Double($1.tokens) } / Double(tokens)) : nil

    let samples = domain.units.indices.map { RemovalSample(domain, $0) }
    let intervals = Self.intervals(samples, settings)
    let moments = samples.map(\.moments)
    let p = moments.map { MarginTest.pBelow(settings.margin, $0) }
    let q = BenjaminiHochberg.adjust(p)
    let ranks = Self.ranks(domain.units, moments.map(\.mean))
    units = domain.units.indices.map { unit in
      let (sample, interval) = (samples[unit], intervals[unit])
      let verdict = RemovalVerdict(interval, margin: settings.margin)
      return Unit(
        unit: domain.units[unit], texts: sample.places.count, groups: sample.deltaNLL.count,
        nonFiniteTexts: sample.nonFiniteTexts,
        deltaNLL: sample.deltaNLL.isEmpty ? nil : moments[unit].mean, interval: interval, kl: sample.kl.mean,
        top1: sample.top1.mean, perplexity: sample.perplexity, rank: ranks[unit], verdict: verdict,
        textsNeeded: verdict == .open ? MarginTest.textsNeeded(settings.margin, moments[unit]) : nil, p: p[unit],
        q: q[unit], isHarmlessOverall: verdict == .harmless && q[unit] < settings.alpha)
    }
  }

  /// Returns the interval of each unit. Units with the same texts are drawn together.
  private static func intervals(
    _ samples: [RemovalSample], _ settings: AblationSettings
  ) -> [ClosedRange<Double>?] {
    var intervals = [ClosedRange<Double>?](repeating: nil, count: samples.count)
    for units in Dictionary(grouping: samples.indices, by: { samples[$0].places }).values {
      let count = units.first.map { samples[$0].deltaNLL.count } ?? 0
      let rows = (0..<count).map { row in units.map { samples[$0].deltaNLL[row] } }
      let bootstrap = MeanBootstrap(texts: count, resamples: settings.resamples, seed: settings.seed)
      for (unit, interval) in zip(units, bootstrap.intervals(rows)) { intervals[unit] = interval }
    }
    return intervals
  }

  /// Returns the rank of each unit within its part; nil where the mean is NaN.
  private static func ranks(_ units: [BlockUnit], _ means: [Double]) -> [Int?] {
    var ranks = [Int?](repeating: nil, count: units.count)
    var placed: [String: Int] = [:]
    let order = units.indices.filter { !means[$0].isNaN }.sorted { (means[$0], $0) < (means[$1], $1) }
    for unit in order {
      placed[units[unit].kind, default: 0] += 1
      ranks[unit] = placed[units[unit].kind]
    }
    return ranks
  }
}

extension AblationSummary {
  /// Returns the units that are harmless in every domain, in the order of the first; none without domains.
  public static func harmlessEverywhere(_ summaries: [AblationSummary]) -> [BlockUnit] {
    guard let first = summaries.first else { return [] }
    let sets = summaries.dropFirst().map { Set($0.units.lazy.filter { $0.verdict == .harmless }.map(\.unit)) }
    return first.units.filter { row in row.verdict == .harmless && sets.allSatisfy { $0.contains(row.unit) } }.map(
      \.unit)
  }
}

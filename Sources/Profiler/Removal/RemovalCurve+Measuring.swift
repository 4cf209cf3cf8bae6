import Foundation
import LlamaCore
import Statistics

extension RemovalCurve {
  /// Share of the random orders on either side of the band.
  private static let outside = 0.05

  /// Computes a rule's curve on the texts of a domain.
  ///
  /// - Parameter orders: the rule's order; of random orders all of them.
  init(
    _ rule: RemovalRule, _ domain: String, _ split: Split, _ orders: [[(unit: BlockUnit, removed: Removal)]],
    texts: [RemovalLikelihoods.Text], _ likelihoods: RemovalLikelihoods, _ settings: AblationSettings
  ) {
    let count = orders.map(\.count).max() ?? 0
    let steps = (0...count).map { step -> Step in
      // Some orders of blocks and their parts are at their end before others.
      let reached = orders.filter { $0.count >= step }
      let removals = step == 0 ? [nil] : reached.map { $0[step - 1].removed as Removal? }
      let sample = Sample(removals, texts, likelihoods)
      let isBand = rule == .random && step > 0
      return Step(
        step: step, unit: isBand || step == 0 ? nil : reached.first?[step - 1].unit, texts: sample.texts.count,
        nll: sample.mean { $0.nll }, deltaNLL: sample.mean { $0.delta },
        interval: step == 0 ? nil : isBand ? sample.band(outside: Self.outside) : sample.interval(settings),
        perplexity: sample.perplexity)
    }
    self.init(rule: rule.name, domain: domain, split: split, steps: steps)
  }

  /// Texts with finite likelihoods under the unchanged model and every changed one.
  private struct Sample {
    let texts: [RemovalLikelihoods.Text]
    /// `[removal][text]`.
    let values: [[(nll: Double, delta: Double)]]
    /// Observations: texts, or their groups.
    private let units: SampleUnits

    init(_ removals: [Removal?], _ texts: [RemovalLikelihoods.Text], _ likelihoods: RemovalLikelihoods) {
      let finite = texts.filter { text in
        removals.allSatisfy { likelihoods.nll($0, text.id)?.isFinite == true }
          && likelihoods.nll(nil, text.id)?.isFinite == true
      }
      self.texts = finite
      units = SampleUnits(texts: finite.count, groups: finite.compactMap(\.group))
      values = removals.map { removed in
        finite.map { (likelihoods.nll(removed, $0.id) ?? .nan, likelihoods.deltaNLL(removed, $0.id)) }
      }
    }

    /// Returns the mean over removals of the mean over texts, or over their groups; nil without texts.
    func mean(_ value: ((nll: Double, delta: Double)) -> Double) -> Double? {
      let means = values.compactMap { values in RunningStatistics(units.means { value(values[$0]) }).mean }
      return RunningStatistics(means).mean
    }

    /// `exp` of the mean over removals of the mean over tokens.
    var perplexity: Double? {
      let tokens = texts.reduce(0) { $0 + $1.tokens - 1 }
      guard tokens > 0 else { return nil }
      let means = values.map { values in
        zip(values, texts).reduce(0) { $0 + $1.0.nll * Double($1.1.tokens - 1) } / Double(tokens)
      }
      return RunningStatistics(means).mean.map(exp)
    }

    func interval(_ settings: AblationSettings) -> ClosedRange<Double>? {
      let bootstrap = MeanBootstrap(texts: units.count, resamples: settings.resamples, seed: settings.seed)
      guard let first = values.first else { return nil }
      return bootstrap.intervals(units.means { first[$0].delta }.map { [$0] }).first ?? nil
    }

    /// Returns the range of the removals' means without a share on either side.
    func band(outside: Double) -> ClosedRange<Double>? {
      let means = values.compactMap { values in RunningStatistics(units.means { values[$0].delta }).mean }.sorted()
      guard !means.isEmpty else { return nil }
      let low = Quantile.of(means, outside)
      return low...max(low, Quantile.of(means, 1 - outside))
    }
  }
}

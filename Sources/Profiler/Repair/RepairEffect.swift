import Foundation
import LlamaCore
import Statistics

/// What a repair brings: likelihoods of texts under the original model, the one without blocks, and the repaired one.
///
/// The unit of observation is the text: differences are paired by text, means are over texts, each with the same weight,
/// and intervals are the 95 % percentile bootstrap over texts. Perplexity is `exp` of the mean over all tokens.
package struct RepairEffect: Sendable, Equatable {
  /// Likelihood of the texts under one of the models.
  package struct Likelihood: Sendable, Equatable {
    /// Mean over texts of the negative log-likelihood, in nats a token.
    package let nll: Double
    package let perplexity: Double
  }

  /// Mean difference of two models' negative log-likelihoods, in nats a token.
  package struct Difference: Sendable, Equatable {
    package let mean: Double
    /// The interval of ``mean``; nil for fewer than two texts, or if a number is not finite.
    package let interval: ClosedRange<Double>?
  }

  /// What the interval of ``repair`` says.
  package enum Verdict: String, Sendable {
    /// It lies below 0: the repair lowers the negative log-likelihood.
    case better
    /// It lies above 0.
    case worse
    /// It contains 0, or there is none.
    case open
  }

  /// Numbers of texts, and of their tokens but the first of each.
  package let texts, tokens: Int
  package let original, pruned, repaired: Likelihood
  /// The model without blocks minus the original, and the repaired one minus the original.
  package let damage, remaining: Difference
  /// The repaired model minus the one without blocks: negative where the repair helps.
  package let repair: Difference

  package var verdict: Verdict {
    guard let interval = repair.interval else { return .open }
    return interval.upperBound < 0 ? .better : interval.lowerBound > 0 ? .worse : .open
  }

  /// Compares likelihoods of the same texts, each of at least two tokens.
  ///
  /// - Parameters:
  ///   - original: likelihoods under the original model.
  ///   - pruned: likelihoods under the model without blocks.
  ///   - repaired: likelihoods under the repaired model.
  ///   - resamples: number of resamples.
  ///   - seed: seed of the draws.
  package init(
    original: [TextLikelihood], pruned: [TextLikelihood], repaired: [TextLikelihood], resamples: Int = 2_000,
    seed: UInt64 = 0
  ) {
    let models = [original, pruned, repaired].map { $0.map { $0.mean ?? .nan } }
    let counts = zip(zip(original, pruned), repaired).map { min($0.0.tokens.count, $0.1.tokens.count, $1.tokens.count) }
    texts = counts.count
    tokens = counts.reduce(0, +)
    let rows = (0..<texts).map { text in
      [models[1][text] - models[0][text], models[2][text] - models[0][text], models[2][text] - models[1][text]]
    }
    let intervals = MeanBootstrap(texts: texts, resamples: resamples, seed: seed).intervals(rows)
    let differences = (0..<3).map { column in
      Difference(
        mean: RunningStatistics(rows.lazy.map { $0[column] }).mean ?? .nan,
        interval: intervals.indices.contains(column) ? intervals[column] : nil)
    }
    (damage, remaining, repair) = (differences[0], differences[1], differences[2])
    func likelihood(_ nll: [Double], _ texts: [TextLikelihood]) -> Likelihood {
      let count = texts.reduce(0) { $0 + $1.tokens.count }
      return Likelihood(
        nll: RunningStatistics(nll).mean ?? .nan,
        perplexity: exp(texts.reduce(0) { $0 + $1.sum } / Double(max(1, count))))
    }
    self.original = likelihood(models[0], original)
    self.pruned = likelihood(models[1], pruned)
    self.repaired = likelihood(models[2], repaired)
  }

  /// Runs texts through the models.
  ///
  /// - Parameters:
  ///   - texts: texts that were not fitted.
  ///   - checkpoint: the checkpoint without blocks.
  ///   - written: the repaired model, as it was written.
  ///   - options: use of the machine; its bytes for an observer are set to those of the texts.
  ///   - seed: seed of the draws.
  ///   - progress: called with the measured fraction, after every block of every wave.
  /// - Throws: `RunError`.
  package init(
    on texts: [RepairTexts.Text], _ checkpoint: PrunedCheckpoint, written: LlamaModel, options: RunOptions,
    seed: UInt64, progress: @escaping (Double) -> Void = { _ in }
  ) throws {
    var options = options
    options.observerBytes = texts.reduce(0) { $0 + MemoryLayout<TokenID>.stride * $1.tokens.count + 200 }
    let models = [try checkpoint.originalModel, checkpoint.model, written]
    var nobody = NoObserver()
    let likelihoods = try models.enumerated().map { number, model in
      var result: [TextLikelihood] = []
      try model.run(texts.map(\.tokens), options: options, observer: &nobody) { state in
        progress((Double(number) + state.fraction) / 3)
      } likelihood: { _, likelihood in
        result.append(likelihood)
      }
      return result
    }
    self.init(original: likelihoods[0], pruned: likelihoods[1], repaired: likelihoods[2], seed: seed)
  }
}

import Foundation
public import LlamaCore

/// How likely a model finds some texts: the mean negative log-likelihood of a token, its exponential, the perplexity, and the
/// 95 % interval of the mean.
///
/// Every token counts alike, as is usual: the sum over all tokens of all texts by their number. The interval is the percentile
/// bootstrap over texts, which are the units of observation: as many texts are drawn again with replacement, and sum and number
/// of tokens of those that were drawn are divided anew.
public struct PerplexitySummary: Sendable, Equatable {
  /// Texts that have a token to predict: at least two tokens.
  public let texts: Int
  /// Tokens that were predicted: all but the first of each text.
  public let tokens: Int
  /// Mean negative log-likelihood of a token, in nats; nil without tokens.
  public let mean: Double?
  /// The interval of ``mean``; nil for fewer than two texts.
  public let interval: ClosedRange<Double>?

  /// `exp(mean)`.
  public var perplexity: Double? { mean.map(exp) }

  /// The interval of ``perplexity``.
  public var perplexityInterval: ClosedRange<Double>? {
    interval.map { exp($0.lowerBound)...max(exp($0.lowerBound), exp($0.upperBound)) }
  }

  /// - Parameters:
  ///   - likelihoods: of the texts.
  ///   - resamples: how often texts are drawn again.
  ///   - seed: where the draws begin.
  public init(_ likelihoods: [TextLikelihood], resamples: Int = 2_000, seed: UInt64 = 0) {
    let parts = likelihoods.filter { !$0.tokens.isEmpty }.map { (sum: $0.sum, tokens: $0.tokens.count) }
    texts = parts.count
    tokens = parts.reduce(0) { $0 + $1.tokens }
    mean = tokens > 0 ? parts.reduce(0) { $0 + $1.sum } / Double(tokens) : nil
    guard parts.count > 1, resamples > 0, mean?.isFinite == true else {
      interval = nil
      return
    }
    let means = (0..<resamples).map { resample in
      var generator = SplitMix64(seed: seed, purpose: .perplexity, index: resample)
      var (sum, tokens) = (0.0, 0)
      for _ in parts {
        let part = parts[Int(generator.next(below: UInt64(parts.count)))]
        sum += part.sum
        tokens += part.tokens
      }
      return sum / Double(tokens)
    }.sorted()
    let tail = 0.5 * (1 - Bootstrap.level)
    let (low, high) = (Quantile.of(means, tail), Quantile.of(means, 1 - tail))
    interval = low...max(low, high)
  }
}

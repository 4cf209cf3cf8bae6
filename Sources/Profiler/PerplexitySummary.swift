import Foundation
import Foundations
public import LlamaCore
import Statistics

/// Perplexity of a model on some texts: the mean negative log-likelihood of a token, its exponential, and the 95 %
/// interval of the mean.
///
/// All tokens have the same weight, as usual: the sum over all tokens of all texts is divided by their number. The
/// interval is the percentile bootstrap over texts, which are the units of observation: as many texts are drawn with
/// replacement, and the sum of those drawn is divided by their number of tokens.
public struct PerplexitySummary: Sendable, Equatable {
  /// Number of texts with a token to predict: at least two tokens.
  public let texts: Int
  /// Number of predicted tokens: all but the first of each text.
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
  ///   - likelihoods: likelihoods of the texts.
  ///   - resamples: number of resamples.
  ///   - seed: seed of the draws.
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

import Foundation

/// A step from a model's logits to the distribution from which a token is drawn.
///
/// The processors here are defined as in Hugging Face transformers (`generation/logits_process.py`), in double
/// precision, and ``Sampling`` applies them in the order of its `generate`: repetition penalty, temperature, top-k,
/// top-p, min-p. None of them removes the token with the largest logit.
public protocol LogitsProcessor: Sendable {
  /// - Parameters:
  ///   - candidates: the remaining tokens of the vocabulary.
  ///   - tokens: the sequence so far, including the prompt.
  func process(_ candidates: inout TokenCandidates, after tokens: [TokenID])
}

/// Makes tokens that the sequence already holds less likely (Keskar et al. 2019, CTRL; transformers'
/// `RepetitionPenaltyLogitsProcessor`): a positive logit is divided by the penalty, a negative one multiplied with it,
/// once, whatever the number of occurrences.
public struct RepetitionPenalty: LogitsProcessor, Equatable {
  /// Positive; above 1 repetition becomes less likely.
  public let penalty: Double

  public init(_ penalty: Double) { self.penalty = penalty }

  public func process(_ candidates: inout TokenCandidates, after tokens: [TokenID]) {
    candidates.update(Set(tokens)) { $0 < 0 ? $0 * penalty : $0 / penalty }
  }
}

/// Divides logits by a temperature (transformers' `TemperatureLogitsWarper`): below 1 the distribution becomes sharper.
///
/// The largest logit is subtracted first, which changes no probability, so that no temperature can cause overflow.
public struct Temperature: LogitsProcessor, Equatable {
  /// Positive.
  public let temperature: Double

  public init(_ temperature: Double) { self.temperature = temperature }

  public func process(_ candidates: inout TokenCandidates, after tokens: [TokenID]) {
    candidates.scale(by: temperature)
  }
}

/// Keeps the `count` tokens with the largest logits (Fan et al. 2018; transformers' `TopKLogitsWarper`). Of equal
/// logits the lower ids are kept, whereas transformers keeps all that equal the last one.
public struct TopK: LogitsProcessor, Equatable {
  /// At least 1.
  public let count: Int

  public init(_ count: Int) { self.count = count }

  public func process(_ candidates: inout TokenCandidates, after tokens: [TokenID]) {
    guard count < candidates.tokens.count else { return }
    candidates.keepLargest(until: Double(max(1, count))) { _ in 1 }
  }
}

/// Keeps the smallest set of the likeliest tokens whose probability is at least `probability` (nucleus sampling,
/// Holtzman et al. 2020; transformers' `TopPLogitsWarper`); at least one token, of equal ones the lower ids.
public struct TopP: LogitsProcessor, Equatable {
  /// Positive and at most 1; 1 keeps everything.
  public let probability: Double

  public init(_ probability: Double) { self.probability = probability }

  public func process(_ candidates: inout TokenCandidates, after tokens: [TokenID]) {
    guard probability < 1 else { return }
    let (weights, total) = candidates.weights
    let target = probability * total
    // The likeliest token has weight 1, so any target up to 1 keeps it alone.
    candidates.keepLargest(until: max(target, .leastNonzeroMagnitude)) { weights[$0] }
  }
}

/// Keeps the tokens at least `ratio` times as likely as the likeliest one (Nguyen et al. 2024; transformers'
/// `MinPLogitsWarper`).
public struct MinP: LogitsProcessor, Equatable {
  /// From 0, which keeps everything, to 1.
  public let ratio: Double

  public init(_ ratio: Double) { self.ratio = ratio }

  public func process(_ candidates: inout TokenCandidates, after tokens: [TokenID]) {
    guard ratio > 0 else { return }
    let least = candidates.largest + log(min(ratio, 1))
    candidates.keep(from: least)
  }
}

import Foundation
import LlamaCore
import Statistics

/// The texts of a domain that count for one unit: those with a token to predict and finite numbers only.
struct RemovalSample {
  /// One value per text, in the order of the corpus.
  let deltaNLL: [Double]
  let kl, top1: RunningStatistics
  /// Sum of the changed model's negative log-likelihood over predicted tokens, and their number.
  let nllSum: Double
  let predictedTokens: Int
  /// Number of texts left out because a number of theirs is not finite.
  let nonFiniteTexts: Int

  /// - Parameter unit: place of the unit in the domain's list.
  init(_ domain: AblationDomain, _ unit: Int) {
    var deltaNLL: [Double] = []
    var (kl, top1) = (RunningStatistics(), RunningStatistics())
    var (sum, tokens, nonFinite) = (0.0, 0, 0)
    for text in domain.texts {
      if text.hasNonFinite(unit) {
        nonFinite += 1
        continue
      }
      let cost = text.costs[unit]
      guard let delta = text.deltaNLL(unit), let nll = cost.nll else { continue }
      deltaNLL.append(delta)
      kl.add(cost.kl)
      top1.add(cost.top1)
      sum += nll * Double(text.tokens - 1)
      tokens += text.tokens - 1
    }
    (self.deltaNLL, self.kl, self.top1) = (deltaNLL, kl, top1)
    (nllSum, predictedTokens, nonFiniteTexts) = (sum, tokens, nonFinite)
  }

  var moments: SampleMoments { SampleMoments(deltaNLL) }

  /// `exp` of the mean over tokens; nil without a text.
  var perplexity: Double? { predictedTokens > 0 ? exp(nllSum / Double(predictedTokens)) : nil }
}

import Foundation
import LlamaCore
import Statistics

/// The texts of a domain that count for one unit: those with a token to predict and finite numbers only. Where texts have
/// groups, an observation is the mean of a group's texts.
struct RemovalSample {
  /// Places of the texts in the domain.
  let places: [Int]
  /// The observations.
  let units: SampleUnits
  /// One value per observation, in the order of the corpus.
  let deltaNLL: [Double]
  let kl, top1: RunningStatistics
  /// Sum of the changed model's negative log-likelihood over predicted tokens, and their number.
  let nllSum: Double
  let predictedTokens: Int
  /// Number of texts left out because a number of theirs is not finite.
  let nonFiniteTexts: Int

  /// - Parameters:
  ///   - unit: place of the unit in the domain's list.
  ///   - excluded: groups whose texts do not count.
  init(_ domain: AblationDomain, _ unit: Int, without excluded: Set<Int> = []) {
    var (places, deltaNLL, kl, top1): ([Int], [Double], [Double], [Double]) = ([], [], [], [])
    var (sum, tokens, nonFinite) = (0.0, 0, 0)
    for (place, text) in domain.texts.enumerated() where text.group.map(excluded.contains) != true {
      if text.hasNonFinite(unit) {
        nonFinite += 1
        continue
      }
      let cost = text.costs[unit]
      guard let delta = text.deltaNLL(unit), let nll = cost.nll else { continue }
      places.append(place)
      deltaNLL.append(delta)
      kl.append(cost.kl)
      top1.append(cost.top1)
      sum += nll * Double(text.tokens - 1)
      tokens += text.tokens - 1
    }
    let units = domain.sampleUnits(places)
    (self.places, self.units) = (places, units)
    self.deltaNLL = units.means { deltaNLL[$0] }
    self.kl = RunningStatistics(units.means { kl[$0] })
    self.top1 = RunningStatistics(units.means { top1[$0] })
    (nllSum, predictedTokens, nonFiniteTexts) = (sum, tokens, nonFinite)
  }

  var moments: SampleMoments { SampleMoments(deltaNLL) }

  /// `exp` of the mean over tokens; nil without a text.
  var perplexity: Double? { predictedTokens > 0 ? exp(nllSum / Double(predictedTokens)) : nil }
}

import Foundation
import LlamaCore
import ProfileReport
import Profiler
import TestSupport

extension ClaimExample {
  /// Costs of removing a block, in which the blocks' influence is ascending: block 1 does no harm, block 0 the most.
  static func cost(_ block: Int) -> Double { [3, 0, 0.5, 1][block] }
  /// Costs that grow with the influence.
  static func growing(_ block: Int) -> Double { [0, 0.5, 1, 3][block] }

  /// A run of which every block was removed, each at the cost of its domain, text and block.
  static func removals(
    domains: [String] = ["a", "b"], texts: Int = 12, parts: [BlockUnit.Part] = [.block], keepsFirst: Bool = false,
    curves: [RemovalCurve] = [], swapsFrom other: String? = nil, means: Ablation.Means? = nil,
    cost: @escaping (_ domain: Int, _ text: Int, _ block: Int) -> Double = { _, _, block in cost(block) }
  ) -> Run {
    var run = Run(domains: domains, texts: texts)
    run.curves = curves
    run.change = { made in
      made.metrics = Metric.standard + Metric.Group.likelihood.metrics
      let units = parts.flatMap { part in (0..<4).map { BlockUnit(part, $0) } }
      made.ablation =
        other.map { Ablation(swapping: units, from: URL(filePath: $0), hasEffects: true) }
        ?? Ablation(units, keepsFirst: keepsFirst, hasEffects: true, means: means)
      made.cost = { cost($0, $1, $2.layer) + 0.001 * Double($1 % 3) }
    }
    return run
  }

  private static func growing(domains: [String] = ["a", "b"]) -> Run {
    removals(domains: domains) { _, _, block in growing(block) }
  }

  /// As ``removals``, but for one block of one domain.
  private static func removals(
    texts: Int = 12, block: Int, domain: Int, _ cost: @escaping (_ text: Int) -> Double
  ) -> Run {
    removals(texts: texts) { $0 == domain && $2 == block ? cost($1) : Self.cost($2) }
  }

  /// So scattered that the interval of 12 texts ends below the margin, and the error rate over four blocks is not held.
  private static func scattered(_ text: Int) -> Double { 0.02 + (text % 2 == 0 ? 0.0464 : -0.0464) }

  /// What can go, what must stay, and what to trust.
  static func removal(_ claim: Claim) -> [ClaimExample] {
    switch claim {
    case .removed:
      [
        .init("4 blocks were removed, each by itself. Harmless", removals(), not: Run()),
        .init("4 blocks and 4 MLPs were removed", removals(parts: [.block, .mlp]), not: removals()),
        .init(
          "4 blocks were given the weights of tuned in place of their own", removals(swapsFrom: "models/tuned"),
          not: removals()),
        .init("were removed", removals(), not: removals(swapsFrom: "models/tuned")),
        .init("though not for the first token", removals(keepsFirst: true), not: removals()),
        .init("leaving the mean of what it added in 8 texts", removals(means: .init()), not: removals()),
      ]
    case .harmlessEverywhere:
      [
        .init(
          "Harmless in every domain: block 1; its intervals end at", removals(),
          not: removals(block: 1, domain: 1) { _ in 1 }),
        .init("Harmless: block 1", removals(domains: ["a"]), not: growing(domains: ["a"])),
      ]
    case .harmlessSomewhere:
      [
        .init(
          "Harmless in some domains only: in a block 1.", removals(block: 1, domain: 1) { _ in 1 }, not: removals())
      ]
    case .nothingHarmless:
      [.init("No removal is known to be harmless in any domain", removals { _, _, _ in 1 }, not: removals())]
    case .harmlessHeld:
      [
        .init(
          "All of that is called harmless with the error rate held over all parts of a domain, too", removals(),
          not: removals(block: 1, domain: 1, scattered)),
        .init("in a block 1; in b nothing", removals(block: 1, domain: 1, scattered), not: removals()),
      ]
    case .nothingHeld:
      [
        .init(
          "None of that is called harmless", removals { _, text, block in block == 1 ? scattered(text) : 1 },
          not: removals())
      ]
    case .mostHarmful:
      [
        .init("that of block 0 in every domain: up to 3.00", removals(), not: growing()),
        .init(
          "that of block 0 in a: 3.00", removals(block: 2, domain: 1) { _ in 5 }, not: removals()),
        .init("costs most", removals(), not: removals { _, _, _ in 0 }),
        .init(
          "None is known to be harmful in b.", removals { domain, _, block in domain == 0 ? cost(block) : 0 },
          not: removals()),
        .init("The swap of a block that costs most", removals(swapsFrom: "models/tuned"), not: removals()),
      ]
    case .misnamedBlock:
      [
        .init(
          "Block 0 changes the stream least of 4 blocks by block_influence, all tokens, but its removal costs most in a: 3.00",
          removals(), not: growing()),
        // Costs most, but no harm; or of much influence; or nothing is known of influences.
        .init("changes the stream", removals(), not: removals { _, _, block in 0.01 * cost(block) }),
        .init("changes the stream", removals(), not: removals(parts: [.attention])),
        .init("changes the stream", removals(), not: removals(swapsFrom: "models/tuned")),
        .init("in 1 other domain, too", removals(), not: removals(domains: ["a"])),
      ]
    case .trustedMetric:
      [
        .init(
          "The metric of the profile that orders the blocks most like the damage is abs_mean, all tokens, of those whose interval lies above 0 in every domain",
          growing(), not: removals()),
        .init("Of block_influence, all tokens, it is 1.00", growing(), not: removals()),
        .init(
          "orders the blocks most like the damage", growing(),
          not: removals(swapsFrom: "models/tuned") { growing($2) }),
      ]
    case .noTrustedMetric: [.init("No metric of the profile is known to name the blocks", removals(), not: growing())]
    case .removalsOpen:
      [.init("1 verdict is open, of 8", removals(block: 2, domain: 0) { $0 % 2 == 0 ? 1 : -1 }, not: removals())]
    case .fewRemovalTexts:
      [.init("Intervals of fewer than 10 texts are too narrow, in a and b", removals(texts: 5), not: removals())]
    case .removalsNotFinite:
      [
        .init(
          "1 text with values that are not finite is left out",
          removals(block: 2, domain: 0) { $0 == 3 ? .nan : 0.5 }, not: removals())
      ]
    case .domainsHurtDifferently:
      [
        .init(
          "Of 4 comparisons (delta_nll of a part in two domains), 1 is different at a false discovery rate of 5 %. The largest: "
            + "the removal of block 3 costs b 1.00",
          removals(block: 3, domain: 1) { _ in 2 }, not: removals())
      ]
    case .domainsHurtAlike:
      [
        .init("none is different", removals(), not: removals(block: 3, domain: 1) { _ in 2 }),
        .init("none is different", removals(), not: removals(domains: ["a"])),
        .init("none is different", removals(), not: removals(texts: 3)),
      ]
    case .removalsNotCompared: [.init("None of 4 comparisons", removals(texts: 3), not: removals())]
    case .proxyPicture:
      [.init("Spearman’s correlation over the blocks", removals(), not: removals(parts: [.mlp]))]
    default: []
    }
  }

  /// A run with the damage of removing one and two blocks, by rules in both domains; half of it after the first.
  static func curves(
    greedy: Double, interval: ClosedRange<Double>? = nil,
    random: (mean: Double, band: ClosedRange<Double>)? = (1, 0.5...2),
    split: RemovalCurve.Split = .heldOut
  ) -> Run {
    func curve(_ rule: String, _ domain: String, _ cost: Double, _ band: ClosedRange<Double>?) -> RemovalCurve {
      let steps = (0...2).map { step in
        RemovalCurve.Step(
          step: step, unit: nil, texts: 12, nll: 2 + cost * Double(step) / 2, deltaNLL: cost * Double(step) / 2,
          interval: step == 2 ? band : nil, perplexity: 8)
      }
      return RemovalCurve(rule: rule, domain: domain, split: split, steps: steps)
    }
    return removals(
      curves: ["a", "b"].flatMap { domain in
        [curve("greedy", domain, greedy, interval), curve("last", domain, 4, nil)]
          + (random.map { [curve("random", domain, $0.mean, $0.band)] } ?? [])
      })
  }

  /// One removal after the other.
  static func curve(_ claim: Claim) -> [ClaimExample] {
    switch claim {
    case .curvesOfChosen: [.init("which flatters them", curves(greedy: 0.1, split: .chosen), not: curves(greedy: 0.1))]
    case .curveCosts:
      [
        .init(
          "After 2 removals the negative log-likelihood has risen by, in nats a token, as a mean over domains: greedy 0.100, "
            + "random 1.00 and last 4.00",
          curves(greedy: 0.1), not: curves(greedy: 1.5)),
        .init("After", curves(greedy: 0.1), not: removals()),
      ]
    case .noRandomOrders:
      [.init("no rule can be said to be better", curves(greedy: 0.1, random: nil), not: curves(greedy: 0.1))]
    case .curvesBelowRandom:
      [
        .init(
          "Cheaper on these texts than 95 % of the 20 random orders in every domain: greedy.", curves(greedy: 0.1),
          not: curves(greedy: 0.6)),
        .init("Cheaper on these texts", curves(greedy: 0.1), not: curves(greedy: 0.1, random: nil)),
      ]
    case .curvesNotBelowRandom:
      [
        .init(
          "Not cheaper on these texts than 95 % of the 20 random orders in every domain: greedy (it is in 0 of 2 domains) and last",
          curves(greedy: 0.6), not: curves(greedy: 0.1))
      ]
    case .curveBand:
      [
        .init(
          "Band: 95 % interval of that mean", curves(greedy: 0.1, interval: 0.05...0.2), not: curves(greedy: 0.1))
      ]
    case .randomBand:
      [
        .init("Band: 5 to 95 %", curves(greedy: 0.1), not: curves(greedy: 0.1, random: nil)),
        .init(
          "Band of random: 5 to 95 %", curves(greedy: 0.1, interval: 0.05...0.2),
          not: curves(greedy: 0.1, interval: 0.05...0.2, random: nil)),
      ]
    default: []
    }
  }
}

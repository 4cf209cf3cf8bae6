import ProfileReport
import Profiler
import TestSupport

extension ClaimExample {
  /// Three domains that part step by step at block 1; of two alike, c parts from; and all alike.
  private static var three: Run { Run(domains: ["a", "b", "c"]) }
  private static var oneOfThree: Run {
    Run(domains: ["a", "b", "c"]) { metric, domain, text, layer in Run.value(metric, domain / 2, text, layer) }
  }
  private static var threeAlike: Run {
    Run(domains: ["a", "b", "c"]) { metric, _, text, layer in Run.value(metric, 0, text, layer) }
  }
  /// The same texts in all domains: text `i` of each is of one group, which is never learnt from where it is named.
  private static func shared(_ run: Run) -> Run {
    var run = run
    run.change = { $0.sharesTexts = true }
    return run
  }
  /// Texts that are longer in b.
  private static var lengths: Run { Run(tokens: { 20 + 100 * $0 + 3 * $1 }) }
  /// The same, whose tokens differ between domains as the texts do, or not at all.
  private static func lengths(isAlike: Bool) -> Run {
    var run = shared(lengths)
    let share = run.change
    run.change = { made in
      share(&made)
      made.tokenValue = { metric, domain, text, layer in Run.value(metric, isAlike ? 0 : domain, text, layer) }
    }
    return run
  }
  /// Of c there are four texts, or twelve of one group.
  private static var few: Run { Run(domains: ["a", "b", "c"], change: { $0.domains[2].tokens.removeLast(8) }) }
  private static var fewGroups: Run {
    Run(domains: ["a", "b", "c"], change: { $0.group = { domain, _ in domain == 2 ? "c" : nil } })
  }
  /// Groups of two texts.
  private static var pairs: Run {
    Run(texts: 24, change: { $0.group = { domain, text in "\(domain) \(text / 2)" } })
  }

  /// What the profile is made of.
  static func composition(_ claim: Claim) -> [ClaimExample] {
    switch claim {
    case .identified:
      [
        .init("(4 numbers of abs_mean) names its domain in 100 % of cases", Run(), not: shared(alike)),
        .init("names its domain in 67 % of cases", shared(oneOfThree), not: Run()),
        .init("where chance is 33 %", shared(oneOfThree), not: Run()),
        .init("names its domain", Run(), not: Run(texts: 4)),
      ]
    case .notIdentified: [.init("rightly in 50 % of cases", shared(alike), not: Run())]
    case .identifiedBy:
      [
        .init("The shape of the profile alone, its mean taken away, names it in 100 %", Run(), not: shared(alike)),
        .init("the length of the text alone in 100 %", lengths, not: Run()),
      ]
    case .identifiedAtEqualLength:
      [
        .init(
          "by the first 8 tokens alone of the 24 texts that have as many, it still names it in 100 %",
          lengths(isAlike: false),
          not: lengths(isAlike: true)),
        .init("At equal length, by the first", lengths(isAlike: false), not: lengths),
      ]
    case .notIdentifiedAtEqualLength:
      [
        .init(
          "it does not name it better than chance: rightly in 50 %", lengths(isAlike: true),
          not: lengths(isAlike: false))
      ]
    case .confused: [.init("Taken for another most often is", shared(oneOfThree), not: Run())]
    case .notConfused: [.init("No text is ever taken", Run(), not: shared(oneOfThree))]
    case .varianceShares:
      [.init("Of the variance of log abs_mean", Run(), not: Run(texts: 4))]
    case .shapeDistances:
      [
        .init("Nearest in shape, by the typical difference at a block, are b and c", shared(three), not: Run()),
        .init("farthest a and c", shared(three), not: shared(threeAlike)),
      ]
    case .twoShapes: [.init("a typical difference at a block: a and b", Run(), not: three)]
    case .stableGroups:
      [
        .init("{a, b}", shared(oneOfThree), not: shared(three)),
        .init("{a, b}", shared(oneOfThree), not: shared(threeAlike)),
        .init("draws of groups of texts", shared(oneOfThree), not: oneOfThree),
      ]
    case .noStableGroup: [.init("No group of domains", shared(threeAlike), not: shared(oneOfThree))]
    case .farthestDomain: [.init("c is farthest from the others", shared(oneOfThree), not: shared(three))]
    case .farthestOpen:
      [.init("Which domain is farthest from the others is open", shared(threeAlike), not: shared(oneOfThree))]
    case .lengthNamesToo:
      [
        .init("The length of a text says something", lengths, not: shared(Run())),
        .init("The length of a text says something", lengths(isAlike: true), not: lengths(isAlike: false)),
      ]
    case .groupsUnknown:
      [
        .init("Every text counts by itself", lengths, not: shared(Run())),
        .init("Every text counts by itself", Run(), not: pairs),
      ]
    case .domainsLeftOut:
      [
        .init("Left out, with fewer than 5 texts that differ: c", few, not: Run()),
        .init("Left out, with fewer than 5 groups of texts that differ: c", fewGroups, not: few),
      ]
    default: []
    }
  }

  /// Values of `abs_mean` by block: a mean, and a step from one text to the next.
  private static func steps(_ means: [Double], _ steps: [Double]) -> Run {
    Run(blocks: 0..<means.count) { metric, _, text, layer in
      metric == .absMean ? means[layer] + steps[layer] * Double(text) : nil
    }
  }
  private static var ends: Run { steps([10, 10, 10, 10, 10], [1, 0.1, 0.2, 0.3, 2]) }
  private static var middle: Run { steps([10, 10, 10, 10, 10], [0.1, 1, 2, 3, 0.2]) }
  private static var falling: Run { Run(value: values(.absMean) { 4 - Double($1) }) }
  /// Two domains are apart, at a block each.
  private static var twoApart: Run {
    Run(domains: ["a", "b", "c"]) { metric, domain, text, layer in
      Run.value(metric, 0, text, layer) + (layer == 0 && domain == 0 || layer == 1 && domain == 2 ? 1 : 0)
    }
  }

  /// What the page that this project began with claims.
  static func original(_ claim: Claim) -> [ClaimExample] {
    let shifted = Run(value: values(.mean) { $0 == 1 && $1 == 2 ? 5 : -0.005 })
    switch claim {
    case .claimMeanHolds: return [.init("Not refuted: at none of 8 places", Run(), not: shifted)]
    case .claimMeanFails:
      return [
        .init("Refuted: at 1 of 8 places", shifted, not: Run()), .init("at most (b at block 2)", shifted, not: Run()),
      ]
    case .claimLaterHolds:
      return [
        .init("Borne out: the last 2 of 4 blocks (2–3) have 68 %", Run(), not: falling),
        .init("the last third of the blocks (2) has", Run(blocks: 0..<3), not: Run()),
        .init("where 33 % would be even", Run(blocks: 0..<3), not: Run()),
      ]
    case .claimLaterAbsolute:
      return [.init("In absolute size only", Run(value: values(.relativeNorm) { 4 - Double($1) }), not: Run())]
    case .claimLaterRelative: return [.init("Only against the stream", falling, not: Run())]
    case .claimLaterFails:
      return [
        .init(
          "Refuted: the last 2 of 4", Run { _, _, text, layer in 4 - Double(layer) + 0.01 * Double(text) }, not: Run())
      ]
    case .claimOneApart:
      return [.init("c at block 1, above the others", oneOfThree, not: Run())]
    case .claimSeveralApart: return [.init("Not one: 2 domains stand apart", twoApart, not: oneOfThree)]
    case .claimNoneApart: return [.init("no domain stands apart at any block", threeAlike, not: oneOfThree)]
    case .claimEndsVary:
      return [.init("Borne out: by variance of abs_mean blocks 4, 0 and 3 vary most", ends, not: middle)]
    case .claimEndsVaryAbsolute:
      return [.init("By variance only", steps([100, 1, 1, 1, 200], [1, 0.1, 0.2, 0.3, 2]), not: ends)]
    case .claimEndsVaryRelative:
      return [.init("Only relative to their size", steps([1, 100, 100, 100, 1], [0.1, 1, 2, 3, 0.2]), not: ends)]
    case .claimEndsDoNotVary: return [.init("Refuted: by variance", middle, not: ends)]
    default: return []
    }
  }
}

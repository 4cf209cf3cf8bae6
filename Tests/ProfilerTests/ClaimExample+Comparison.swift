import ProfileReport
import Profiler
import TestSupport

extension ClaimExample {
  /// Two domains alike.
  static var alike: Run { Run { metric, _, text, layer in Run.value(metric, 0, text, layer) } }
  /// Two domains that differ at every block.
  static var apart: Run { Run { metric, domain, text, layer in Run.value(metric, 0, text, layer) + Double(domain) } }
  /// Three domains, of which c is farthest from a.
  private static var three: Run { Run(domains: ["a", "b", "c"]) }
  /// So many texts that what is alike is known to be.
  private static var many: Run { Run(texts: 600, blocks: 0..<1) { metric, _, text, _ in Double(text % 12) } }

  /// So many texts that a small difference is known, and known to be small.
  private static var small: Run {
    Run(texts: 6000, blocks: 0..<1) { metric, domain, text, _ in Double(text % 12) + 0.3 * Double(domain) }
  }

  /// So long texts of b that its larger values are those of longer texts, `less` of them at the same length.
  private static func longer(less: Double) -> Run {
    func tokens(_ domain: Int, _ text: Int) -> Int { 20 + 3 * (text % 12) + 9 * domain }
    return Run(
      texts: 60,
      value: { metric, domain, text, layer in
        guard metric == .absMean else { return nil }
        let scatter = 1 + 0.002 * Double((7 * text + 3 * layer + 5 * domain) % 11)
        return 0.1 * Double(tokens(domain, text)) * scatter * (1 - less * Double(domain))
      }, tokens: tokens)
  }

  /// Where domains differ, what is equivalent, what remains open and whether it can be trusted.
  static func comparison(_ claim: Claim) -> [ClaimExample] {
    switch claim {
    case .oneDomain: [.init("There is one domain", Run(domains: ["a"]), not: Run())]
    case .notCompared:
      [
        .init("without a comparison", Run(compares: false), not: Run()),
        .init("without a comparison", Run(compares: false), not: Run(domains: ["a"], compares: false)),
      ]
    case .notTested:
      [
        .init("None of 4 comparisons of abs_mean (1 pair × 4 blocks) could be tested", Run(texts: 4), not: Run()),
        .init("could be tested", Run(texts: 4), not: alike),
      ]
    case .differences:
      [
        .init("Of 4 comparisons", Run(), not: Run(texts: 4)),
        .init("Of 4 comparisons of abs_mean (1 pair × 4 blocks), 1 is different", Run(), not: alike),
        .init("0 are different", alike, not: Run()),
        .init("false discovery rate of 1 %", Run(alpha: 0.01), not: Run()),
        .init(
          "in every pair", three,
          not: Run(domains: ["a", "b", "c"]) { metric, domain, text, layer in
            Run.value(metric, domain / 2, text, layer)
          }),
        .init(
          "in 2 of 3 pairs",
          Run(domains: ["a", "b", "c"]) { metric, domain, text, layer in
            Run.value(metric, domain / 2, text, layer)
          }, not: three),
      ]
    case .largestDifference:
      [
        .init("It is between a and b at block 1", Run(), not: apart),
        .init("The largest difference is between a and c at block 1", three, not: Run()),
        .init("between", Run(), not: alike),
      ]
    case .widestDifference:
      [
        .init("a and b differ at every block", apart, not: Run()),
        .init(
          "a and c differ at blocks 1–2, more than any other pair",
          Run(domains: ["a", "b", "c"]) { metric, domain, text, layer in
            Run.value(metric, 0, text, layer) + (layer == 1 && domain > 0 ? 1 : layer == 2 && domain == 2 ? 0.5 : 0)
          }, not: three),
        .init(
          "and so do 2 other pairs",
          Run(domains: ["a", "b", "c"]) { metric, domain, text, layer in
            Run.value(metric, 0, text, layer) + Double(domain)
          }, not: apart),
      ]
    case .equivalence: [.init("1 comparison is equivalent: the effect lies within ±0.2", many, not: Run())]
    case .noEquivalence: [.init("Nothing can be called equivalent", Run(), not: many)]
    case .negligible:
      [.init("1 comparison is negligible", small, not: many), .init("1 comparison is negligible", small, not: Run())]
    case .untested:
      [
        .init("4 comparisons are not tested and have no p: 4 too few groups", Run(texts: 4), not: Run()),
        .init("1 constant", Run { metric, domain, _, layer in layer == 2 ? Double(domain) : nil }, not: Run(texts: 4)),
        .init(
          "1 too few values", Run { metric, _, text, layer in layer == 2 ? Double(text % 3) : nil }, not: Run(texts: 4)),
      ]
    case .lengthsHardlyOverlap:
      [
        .init(
          "4 comparisons have no verdict, because the lengths of 1 pair hardly overlap, so that a difference may be one of "
            + "length (texts in the range of lengths that both domains have: a – b 0 and 0)",
          Run(tokens: { 20 + 100 * $0 + 3 * $1 }), not: Run()),
        .init(
          "8 comparisons have no verdict, because the lengths of 2 pairs",
          Run(domains: ["a", "b", "c"], tokens: { 20 + 100 * min(1, $0) + 3 * $1 }),
          not: Run(domains: ["a", "b", "c"], tokens: { 20 + 100 * $0 + 3 * $1 })),
        .init(
          "(groups in the range of lengths that both domains have: a – b 0 and 0)",
          Run(
            texts: 24, tokens: { 20 + 100 * $0 + 3 * $1 },
            change: { $0.group = { domain, text in "\(domain) \(text / 2)" } }),
          not: Run(texts: 24, tokens: { 20 + 100 * $0 + 3 * $1 })),
      ]
    case .inconclusive:
      [
        .init("3 comparisons are inconclusive", Run(), not: alike),
        .init("4 comparisons are inconclusive", alike, not: Run()),
      ]
    case .textsNeeded:
      [
        .init(
          "texts per domain would find the difference",
          Run { metric, domain, text, layer in
            Run.value(metric, domain, text, layer) + (layer == 2 ? 0.01 * Double(domain) : 0)
          }, not: Run()),
        .init("groups per domain would find the difference", near(grouped: true), not: near(grouped: false)),
      ]
    case .textsForEquivalence: [.init("texts per domain would show the equivalence", Run(), not: apart)]
    case .equivalenceOutOfReach:
      [
        .init("For 3 inconclusive comparisons, equivalent was out of reach", Run(), not: many),
        .init("n would have to be 136 per domain", Run(), not: apart),
        .init("with so few groups even equal means", near(grouped: true), not: near(grouped: false)),
      ]
    case .lengthHolds: [.init("Of those that are different, all remain at equal length", Run(), not: longer(less: 0))]
    case .lengthMatters:
      [
        .init("Of those that are different, 4 are no longer found at equal length", longer(less: 0), not: Run()),
        .init("Of those that are different, 4 turn round at equal length", longer(less: 0.06), not: longer(less: 0)),
      ]
    case .nothingOpen:
      [
        .init("every comparison is decided", apart, not: Run()),
        .init("every comparison is decided", apart, not: Run(texts: 4)),
      ]
    case .control:
      [
        .init("comparisons have p &lt; 0.05 (about 5 % are expected)", Run(), not: Run(texts: 9)),
        .init("(about 1 % are expected)", Run(alpha: 0.01), not: Run()),
        .init("each domain’s groups of texts split", grouped, not: Run()),
      ]
    case .controlIsBlind: [.init("cannot see that texts depend on each other", Run(), not: Run(texts: 9))]
    case .groups:
      [
        .init("The 48 texts are in 24 groups", grouped, not: Run()),
        .init("(no text joined one as a near-copy)", grouped, not: nearCopies),
        .init("The 48 texts are in 40 groups", nearCopies, not: grouped),
        .init("(8 texts joined one as a near-copy)", nearCopies, not: grouped),
      ]
    case .noGroups:
      [
        .init("Every text counts as independent of all others, since no two have one group", Run(), not: grouped),
        .init("the control is blind to that", Run(), not: nearCopies),
      ]
    case .matchedGroups:
      [
        .init(
          "1 pair of domains has the same groups (most: a – b, 12) and is compared group by group", tasks, not: common),
        .init("has the same groups", tasks, not: grouped),
      ]
    case .commonGroups:
      [
        .init("1 pair of domains has groups in common (most: a – b, 6)", common, not: grouped),
        .init("has groups in common", common, not: tasks),
        .init(
          "3 pairs of domains have groups in common",
          Run(
            domains: ["a", "b", "c"],
            change: { $0.group = { domain, text in text < 2 ? "\(text)" : "\(domain) \(text)" } }), not: common),
      ]
    case .noControl: [.init("There is no negative control", Run(texts: 9), not: Run())]
    case .lengthsDiffer:
      [
        .init(
          "(median 36.5 tokens in a, 73 in b)", Run(tokens: { ($0 + 1) * (20 + 3 * $1) }),
          not: Run())
      ]
    case .exceptions:
      [
        .init("2 texts skipped as empty", Run(change: { $0.emptyTexts = 1 }), not: Run()),
        .init("1 text not finite", broken, not: Run(change: { $0.emptyTexts = 1 })),
      ]
    case .noExceptions:
      [
        .init("every value is finite", Run(), not: broken),
        .init("No text", Run(), not: Run(change: { $0.emptyTexts = 1 })),
      ]
    default: []
    }
  }

  /// Texts in groups of two.
  private static var grouped: Run {
    Run(
      texts: 24,
      value: { metric, domain, text, layer in
        Run.value(metric, domain, text, layer) + 0.01 * MadeUpRun.noise(domain, text, layer)
      },
      change: { $0.group = { domain, text in "\(domain) \(text / 2)" } })
  }
  /// Two domains of 24 texts that differ by less than these can tell.
  private static func near(grouped: Bool) -> Run {
    Run(
      texts: 24,
      value: { metric, domain, text, layer in
        metric == .absMean ? 1 + MadeUpRun.noise(domain, text, layer) + 0.05 * Double(domain) : nil
      },
      change: { if grouped { $0.group = { domain, text in "\(domain) \(text / 2)" } } })
  }
  /// Groups of both domains, six of them.
  private static var common: Run {
    Run(texts: 24, change: { $0.group = { domain, text in text < 6 ? "\(text)" : "\(domain) \(text)" } })
  }
  /// The same groups in both domains.
  private static var tasks: Run { Run(texts: 24, change: { $0.group = { _, text in "\(text / 2)" } }) }
  /// The first five texts of each domain consist of the same token, as often as each is long.
  private static var nearCopies: Run { Run(texts: 24, change: { $0.copies = [0, 1, 2, 3, 4] }) }

  /// One text whose values are not finite at block 2.
  static var broken: Run {
    Run(
      value: { _, domain, text, layer in domain == 0 && text == 0 && layer >= 2 ? .nan : nil },
      change: {
        $0.nonFinite = { domain, text in
          domain == 0 && text == 0 ? [NonFinite(cause: .values, layer: 2, position: 1, count: 3)] : []
        }
      })
  }
}

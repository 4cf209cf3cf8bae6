import ProfileReport
import Profiler
import TestSupport

extension ClaimExample {
  /// Every token of every text is a sink.
  private static func sinksOnly(_ run: inout MadeUpRun) {
    let domains = run.domains
    run.sinks = { domain, text in
      (0..<domains[domain].tokens[text]).map { position in
        SinkToken(
          firstLayer: 0, largest: MassiveActivation(layer: 0, position: position, dimension: 1, value: 2000),
          token: nil,
          text: nil)
      }
    }
  }

  /// One text whose first token is a sink.
  private static var massive: Run {
    Run(change: { run in
      run.sinks = { domain, text in
        let largest = MassiveActivation(layer: 2, position: 0, dimension: 507, value: -23_852)
        return domain == 0 && text == 3 ? [SinkToken(firstLayer: 1, largest: largest)] : []
      }
    })
  }

  /// Domain b changes block 2 most, though over both domains it is block 3.
  private static var another: Run { Run(value: values(.absMean) { [[1, 2, 3, 5], [1, 2, 4.5, 4.0]][$0][$1] }) }
  /// Over both domains the MLP adds more everywhere, but in b attention does at block 2.
  private static var attentionInOne: Run {
    Run(
      value: values(.attentionAbsMean) { $0 == 1 && $1 == 2 ? 0.8 : 0.3 })
  }
  private static var attentionInBoth: Run { Run(value: values(.attentionAbsMean) { $1 == 2 ? 0.9 : 0.3 }) }
  /// Like the plain run, from the last block to the first.
  private static var reversed: Run {
    Run { metric, domain, text, layer in
      Run.value(metric, domain, text, 3 - layer)
    }
  }

  /// The second and third text of each domain are copies of its first.
  private static var copied: Run {
    Run(tokens: { _, text in text < 3 ? 20 : 20 + text }, change: { $0.copies = [0, 1, 2] })
  }

  /// Domains that are each sure of the block that changes least, but not agreed.
  private static var leastApart: Run {
    Run { metric, domain, text, layer in
      metric == .blockInfluence
        ? [[0.1, 0.9, 0.9, 0.9], [0.9, 0.2, 0.9, 0.9]][domain][layer] + 1e-4 * Double(text % 3) : nil
    }
  }

  /// What was run, and what the profile says.
  static func profile(_ claim: Claim) -> [ClaimExample] {
    switch claim {
    case .subject:
      [
        .init("24 texts of 2 domains (a and b), 876 tokens", Run(), not: Run(texts: 6)),
        .init("4 blocks of m in float32", Run(), not: Run(blocks: 0..<3)),
      ]
    case .massiveActivations:
      [
        .init(
          "Massive activations: in 1 of 24 texts, first at block 1, largest in dimension 507 (|Y| up to 23,852, at block 2)",
          massive,
          not: Run()),
        .init("Sinks: the first token of 1 text", massive, not: Run()),
      ]
    case .noMassiveActivations: [.init("No text has a massive activation", Run(), not: massive)]
    case .pools:
      [
        .init(
          "Pooled: x: a 12 texts (50 %), b 12 (50 %)",
          Run(
            domains: ["a", "b", "c"], tokens: { domain, text in 20 + 3 * text + domain },
            pools: [DomainPool(name: "x", domains: ["a", "b"]), .init(name: "y", domains: ["c"])]),
          not: Run(domains: ["a", "b", "c"], pools: [DomainPool(name: "x", domains: ["a", "c"])]))
      ]
    case .copies:
      [
        .init("4 texts are copies of an earlier one", copied, not: Run()),
        .init(
          "1 text is a copy",
          Run(domains: ["a"], tokens: { _, text in text < 2 ? 20 : 20 + text }, change: { $0.copies = [0, 1] }),
          not: copied),
      ]
    case .edits:
      [
        .init("but changed: --skip mlp:1.", Run(change: { $0.edits = ("--skip mlp:1", nil) }), not: Run()),
        .init(
          "the blocks of the checkpoint are 0-2,1.", Run(change: { $0.edits = ("--layers 0-2,1", [0, 1, 2, 1]) }),
          not: Run(change: { $0.edits = ("--skip mlp:1", nil) })),
      ]
    case .blocksLeftOut:
      [
        .init("Block 0 was left out", Run(blocks: 1..<4), not: Run())
      ]
    case .scope:
      [
        .init("leave out the tokens that are sinks", massive, not: Run(change: sinksOnly)),
        .init("leave out the tokens that are sinks", massive, not: Run()),
        .init("of all tokens, since none is a sink", Run(), not: massive),
        .init("leave out each text’s first token", Run(change: sinksOnly), not: Run()),
        .init("of all tokens.", Run(tokens: { _, _ in 1 }, change: sinksOnly), not: Run()),
      ]
    case .noFiniteValue: [.init("No block has a value", Run { _, _, _, _ in .nan }, not: Run())]
    case .largestChange:
      [
        .init("Block 3 changes the residual stream most: by 4.", Run(), not: reversed),
        .init("3.84 times as much as block 0, the least", Run(), not: reversed),
        .init(
          "Blocks 0 and 2 change", Run { metric, _, _, layer in metric == .absMean ? [4, 1, 4, 1][layer] : nil },
          not: Run()),
        // Nothing is so many times as much as nothing.
        .init("times as much", Run(), not: Run { metric, _, _, layer in metric == .absMean ? Double(layer) : nil }),
      ]
    case .equalChange:
      [.init("by the same, 2.00 an element", Run { metric, _, _, _ in metric == .absMean ? 2 : nil }, not: Run())]
    case .largestInDomains:
      [
        .init("In every domain the largest change is at this block", Run(), not: another),
        .init("But the largest change is at block 2 in b", another, not: Run()),
        .init(
          "In 4 of 5 domains the largest change is elsewhere",
          Run(
            domains: ["a", "b", "c", "d", "e"],
            value: values(.absMean) { $0 == 0 ? [9, 1, 1, 1][$1] : [1, 2, 2, 2.5][$1] }),
          not: another),
      ]
    case .largestRelativeChange:
      [
        .init("block 3’s contribution is largest: 4.05 times its length", Run(), not: reversed),
        .init("block 0’s contribution is largest", reversed, not: Run()),
        .init(
          "largest: 51 % of its length", Run(value: values(.relativeNorm) { [0.5, 0.1, 0.1, 0.1][$1] }), not: Run()),
      ]
    case .mlpAddsMore:
      [
        .init("in every domain at every block", Run(), not: attentionInOne),
        .init("in every domain at blocks 0–1 and 3", attentionInOne, not: Run()),
      ]
    case .attentionAddsMore: [.init("in every domain at block 2", attentionInBoth, not: attentionInOne)]
    case .partsDependOnDomain: [.init("depends on the domain at block 2", attentionInOne, not: attentionInBoth)]
    case .leastInfluence:
      [
        .init("Block 0 has the least influence", Run(), not: reversed),
        .init("Block 3 has the least influence", reversed, not: Run()),
        .init(
          "Blocks 0–1 have", Run { metric, _, _, layer in metric == .blockInfluence ? Double(max(1, layer)) : nil },
          not: Run()),
        .init("influence", Run(), not: Run { metric, _, _, _ in metric == .blockInfluence ? 2 : nil }),
      ]
    case .rankIsSure:
      [
        .init("in 100 % of 2,000 draws of texts like these", Run(), not: Run(texts: 1)),
        .init(
          "It is the least in 1 of 2 domains, in 100 % of 2,000 draws of texts like these, and in", leastApart,
          not: Run()),
        .init("of those that draw the domains as well", Run(), not: Run(domains: ["a"])),
        .init("in 100 % of those that draw the domains as well", Run(), not: leastApart),
        .init(
          "100 %", Run(),
          not: Run { metric, _, text, layer in metric == .blockInfluence ? Double((text + layer) % 4) : nil }),
      ]
    case .rankIsUnknown:
      [
        .init("cannot be said", Run(texts: 1), not: Run()),
        // Copies are one text.
        .init("cannot be said", Run(tokens: { _, _ in 20 }, change: { $0.copies = Set(0..<12) }), not: Run()),
      ]
    default: []
    }
  }
}

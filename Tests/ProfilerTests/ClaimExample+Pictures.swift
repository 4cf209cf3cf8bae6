import Foundation
import ProfileReport
import Profiler
import TestSupport

extension ClaimExample {
  private static var one: Run { Run(texts: 1) }
  /// Values that do not reach down to 0, of every metric.
  private static var decades: Run { Run(value: values(.blockInfluence) { pow(10, Double($1)) }) }
  /// As above, and attention adds nothing: its share is 0.
  private static var withoutAttention: Run {
    Run { metric, _, _, layer in metric == .attentionAbsMean ? 0 : Double(layer + 1) }
  }
  private static var flat: Run { Run { _, _, _, layer in Double(layer + 1) } }
  /// The texts of a domain differ by how far a block is from this one.
  private static func varying(_ block: [Int]) -> Run {
    Run { metric, domain, text, layer in
      metric == .absMean ? Double(layer) + Double(text) / Double(1 + abs(layer - block[domain])) : nil
    }
  }

  /// Under the pictures and in their captions.
  static func picture(_ claim: Claim) -> [ClaimExample] {
    switch claim {
    case .meansHoldZero:
      [.init("At 8 of 8 places", Run(), not: Run(value: values(.mean) { $0 == 1 && $1 == 2 ? 5 : -0.005 }))]
    case .farthestMean:
      [
        .init(
          "Farthest from 0 is b at block 2: 5.0", Run(value: values(.mean) { $0 == 1 && $1 == 2 ? 5 : 0 }), not: Run()),
        .init("Farthest", Run(), not: Run { metric, _, _, _ in metric == .mean ? 0 : nil }),
      ]
    case .domainsPart:
      [
        .init("Domains part most at block 1", Run(), not: Run(value: values(.absMean) { Double($1 == 2 ? $0 : 0) })),
        .init("Domains part most", Run(), not: Run(domains: ["a"])), .init("Domains part most", Run(), not: one),
      ]
    case .bandsApart:
      [
        .init("that of a at block 1 and b at block 1", Run(), not: apart),
        .init("that of a at every block and b at every block", apart, not: Run()),
      ]
    case .noBandApart: [.init("At no block", alike, not: Run())]
    case .mostVaried:
      [
        .init("blocks 2, 1 and 3 in every domain", varying([2, 2]), not: varying([0, 2])),
        .init("blocks 0, 1 and 2 in a; 2, 1 and 3 in b", varying([0, 2]), not: varying([2, 2])),
      ]
    case .noVariance: [.init("no variance to rank", one, not: Run()), .init("no variance to rank", flat, not: Run())]
    case .spread: [.init("Band: ± one standard deviation between texts", Run(), not: one)]
    case .noSpread: [.init("No band where a domain has one text", one, not: Run())]
    case .interval:
      [
        .init("Band: 95 % interval", Run(), not: one),
        .init("Band: 95 % interval of that mean (bootstrap over texts)", removals(), not: removals(texts: 1)),
      ]
    case .noInterval:
      [
        .init("No band where a domain has one text", one, not: Run()),
        .init("No band where fewer than two texts of a domain count", removals(texts: 1), not: removals()),
      ]
    case .logarithmic: [.init("The axis is logarithmic", decades, not: Run())]
    case .partlyLogarithmic:
      [
        .init(
          "The axis is linear up to 0.05 and logarithmic beyond",
          removals { _, _, block in [8, -0.02, 0.1, 0.3][block] },
          not: removals())
      ]
    case .axisWithoutZero: [.init("The axis does not begin at 0", Run(), not: withoutAttention)]
    case .whisker: [.init("Whisker: 95 %", Run(), not: one)]
    case .noWhisker:
      [
        .init("No interval: a domain has a single distinct text", one, not: Run()),
        .init(
          "a domain has a single group of texts", Run(change: { $0.group = { domain, _ in "\(domain)" } }), not: one),
      ]
    case .draws: [.init("Of 2,000 draws", Run(), not: one)]
    default: []
    }
  }

  /// Beside the tables.
  static func table(_ claim: Claim) -> [ClaimExample] {
    switch claim {
    case .someDomainDiffers:
      [
        .init("At block 1 an analysis of variance finds some", Run(), not: apart),
        .init("At every block an analysis of variance finds some", apart, not: Run()),
      ]
    case .noDomainDiffers:
      [.init("At no block", alike, not: Run()), .init("At no block", alike, not: flat)]
    case .omnibusUnknown: [.init("No analysis of variance was possible", one, not: alike)]
    case .corpusNotFound: [.init("not to be found", Run(), not: corpus(isSame: true))]
    case .corpusChanged: [.init("not the one that was profiled", corpus(isSame: false), not: corpus(isSame: true))]
    case .mostChangedTexts:
      [
        .init("The three texts of greatest abs_mean", Run(), not: one),
        .init("The two texts of greatest abs_mean", one, not: Run()),
        .init("The text of greatest abs_mean", Run(domains: ["a"], texts: 1), not: one),
      ]
    case .noMostChangedTexts: [.init("No text has a value", Run { _, _, _, _ in .nan }, not: Run())]
    case .counts:
      [
        .init("2 texts without a token", Run(change: { $0.emptyTexts = 1 }), not: Run()),
        .init("22 texts that are copies", Run(tokens: { _, _ in 20 }, change: { $0.copies = Set(0..<12) }), not: Run()),
        .init("1 text with values that are not finite, none of which enters a statistic", broken, not: Run()),
      ]
    case .moreIncidents:
      [
        .init(
          "The first 50 of 96 places",
          Run(change: {
            $0.nonFinite = { _, _ in (0..<4).map { NonFinite(cause: .zeroNorm, layer: $0, position: 0, count: 1) } }
          }), not: broken)
      ]
    default: []
    }
  }

  /// A run of a corpus that is there, and is or is not what it was.
  private static func corpus(isSame: Bool) -> Run {
    Run(change: { run in
      let file = Repository.fixtures.appending(path: "tiny-llama/corpus.json")
      run.corpus = file.path
      if isSame, let hash = try? Fingerprint(contentsOf: file) { run.corpusHash = hash }
    })
  }
}

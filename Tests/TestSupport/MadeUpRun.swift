package import Foundation
import Foundations
package import LlamaCore
package import ProfileStore
package import Profiler

/// A run with numbers of the tests' own, stored as the profile command does.
package struct MadeUpRun {
  /// Domains by name, each with the tokens of its texts. All texts differ, and are no near-copies, but ``copies``.
  package var domains: [(name: String, tokens: [Int])]
  /// Texts that are copies of the first one of their domain, if they have as many tokens.
  package var copies: Set<Int> = []
  /// True if texts of one index and one number of tokens are copies of each other in all domains.
  package var sharesTexts = false
  /// The group of a text in the corpus.
  package var group: (_ domain: Int, _ text: Int) -> String? = { _, _ in nil }
  package var layers = 0..<2
  package var metrics = Metric.standard
  package var emptyTexts = 0
  package var model = "models/m"
  package var corpus = "corpus.json"
  package var precision = "float32"
  /// The hash of the corpus file.
  package var corpusHash = Fingerprint.ofNothing
  package var maximumTokens = 512
  /// Changes of the model, and its program.
  package var edits: (words: String, program: [Int]?)?
  /// Removals that were tried on every text. They need ``metrics`` with the likelihood.
  package var ablation: Ablation?
  /// By how much a removal raises the negative log-likelihood of a text.
  package var cost: (_ domain: Int, _ text: Int, _ unit: BlockUnit) -> Double = { _, _, _ in 0 }
  /// The values of a text.
  package var value: (_ metric: Metric, _ domain: Int, _ text: Int, _ scope: Scope, _ layer: Int) -> Double
  /// The value of every token of a text, whatever its position, of which a run keeps sums by position; nil for none.
  package var tokenValue: ((_ metric: Metric, _ domain: Int, _ text: Int, _ layer: Int) -> Double)?
  /// The sinks of a text.
  package var sinks: (_ domain: Int, _ text: Int) -> [SinkToken] = { _, _ in [] }
  /// The massive activations of a text that are kept, and how many are not.
  package var massive: (_ domain: Int, _ text: Int) -> (kept: [MassiveActivation], omitted: Int) = { _, _ in ([], 0) }
  /// What is not finite in a text.
  package var nonFinite: (_ domain: Int, _ text: Int) -> [NonFinite] = { _, _ in [] }

  package init(
    domains: [(name: String, tokens: [Int])],
    value: @escaping (_ metric: Metric, _ domain: Int, _ text: Int, _ scope: Scope, _ layer: Int) -> Double
  ) {
    self.domains = domains
    self.value = value
  }

  package var settings: RunSettings {
    var settings = RunSettings(
      modelFingerprint: .ofNothing, weightsFingerprint: .ofNothing, corpusFingerprint: corpusHash,
      precision: precision, matmul: "a library 2", maximumTokens: maximumTokens, layers: layers, metrics: metrics,
      model: model, corpus: corpus, bosPolicy: "tokenizer template")
    (settings.edits, settings.editsIdentity, settings.program) = (edits?.words, edits?.words, edits?.program)
    settings.ablation = ablation
    settings.swapFingerprint = ablation?.isSwap == true ? .ofNothing : nil
    return settings
  }

  package var tokenized: TokenizedCorpus {
    TokenizedCorpus(
      domains: domains.enumerated().map { place, domain in
        TokenizedCorpus.Domain(
          name: domain.name,
          texts: domain.tokens.enumerated().map { text, count in
            let id = (copies.contains(text) ? 0 : text) + (sharesTexts ? 0 : 100_000 * place)
            return .init(
              index: text, tokens: Array(repeating: TokenID(id), count: count), group: group(place, text))
          },
          emptyTexts: emptyTexts)
      })
  }

  /// One process's facts.
  package static var session: RunSession {
    RunSession(version: "1.0", threads: 2, waveTokens: 1024, started: Date(timeIntervalSince1970: 1_800_000_000))
  }

  /// Every text, in the order of the run.
  package var texts: [TextProfile] {
    domains.enumerated().flatMap { place, domain in
      domain.tokens.enumerated().map { text, tokens in
        func rows(_ scope: Scope) -> [BlockMetrics] {
          layers.map { layer in
            var row = BlockMetrics.undefined
            for metric in metrics where !metric.isOfText && metric.scopes.contains(scope) {
              row[metric] = value(metric, place, text, scope, layer)
            }
            return row
          }
        }
        let nll = metrics.contains(.nll) && tokens > 1 ? value(.nll, place, text, .all, layers.lowerBound) : nil
        var profile = TextProfile(
          text: TextIdentity(domain: domain.name, index: text), tokens: tokens, layers: layers,
          nonFinite: nonFinite(place, text), nll: nll, all: rows(.all),
          withoutFirstToken: tokens > 1 ? rows(.withoutFirstToken) : [],
          withoutSinks: sinks(place, text).count < tokens ? rows(.withoutSinks) : [], sinks: sinks(place, text),
          massive: massive(place, text).kept, omittedMassive: massive(place, text).omitted)
        profile.removals = removals(place, text, nll)
        profile.positions = positions(place, text, tokens)
        return profile
      }
    }
  }

  /// The sums of a text by position.
  private func positions(_ domain: Int, _ text: Int, _ tokens: Int) -> PositionSums? {
    guard let tokenValue else { return nil }
    let sinks = sinks(domain, text).map(\.position)
    let buckets = (0..<PositionBucket.count(tokens: tokens)).map { PositionBucket($0) }
    let without = Set(sinks.map { PositionBucket(of: $0) }).sorted()
    func numbers(_ layer: Int, _ bucket: PositionBucket, _ tokens: Int) -> [Double] {
      metrics.flatMap { metric -> [Double] in
        let value = tokenValue(metric, domain, text, layer)
        switch metric {
        case _ where !metric.isOfTokens: return []
        case .residualMaxAbs: return [value]
        case .standardDeviation: return [0, value * value * Double(tokens)]
        default: return [value * Double(tokens)]
        }
      }
    }
    let values = layers.flatMap { layer in
      buckets.flatMap { numbers(layer, $0, $0.positions.clamped(to: 0..<tokens).count) }
        + without.flatMap { bucket in
          let positions = bucket.positions.clamped(to: 0..<tokens)
          return numbers(layer, bucket, positions.count - sinks.count { positions.contains($0) })
        }
    }
    return PositionSums(tokens: tokens, blocks: layers.count, metrics: metrics, sinks: sinks, values: values)
  }

  /// What the removals cost a text. A later block feels a tenth of its number of each.
  private func removals(_ domain: Int, _ text: Int, _ nll: Double?) -> [RemovalCost] {
    (ablation?.units ?? []).map { unit in
      let effects = (0..<layers.upperBound).map { layer in
        layer > unit.layer ? RemovalCost.Effect(mean: 0.1 * Double(layer), maximum: 0.5) : nil
      }
      return RemovalCost(
        nll: nll.map { $0 + cost(domain, text, unit) }, kl: 0.25, top1: 0.5, outputChangeMean: 0.125,
        outputChangeMax: 0.75, effects: ablation?.hasEffects == true ? effects : [])
    }
  }

  /// A number from 0 to 1 that looks random, the same for the same place.
  package static func noise(_ place: Int...) -> Double {
    var generator = SplitMix64(seed: place.reduce(17) { $0 &* 1_000_003 &+ UInt64(truncatingIfNeeded: $1) })
    return Double(generator.next() >> 11) * 0x1p-53
  }

  /// Stores the run in a folder, in the place of any run there.
  package func write(to directory: URL) throws {
    let folder = try RunFolder(directory)
    let store = try folder.store(settings, tokenized, startingAnew: true)
    try store.begin(Self.session)
    try store.add(texts, Self.session)
    try folder.finish(store)
  }
}

extension Fingerprint {
  /// The hash of no bytes.
  package static var ofNothing: Fingerprint { Fingerprint(of: [UInt8]().span) }
}

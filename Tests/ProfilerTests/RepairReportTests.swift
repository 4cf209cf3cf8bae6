import Foundations
import LlamaCore
import ProfileReport
import Profiler
import Testing

/// What is said of a repair, and where it is not said.
@Suite struct RepairReportTests {
  /// Likelihoods of texts of two predicted tokens.
  private func likelihoods(_ nll: [Double]) -> [TextLikelihood] {
    nll.map { TextLikelihood(tokens: [$0 - 1, $0 + 1]) }
  }

  private func effect(_ changes: [Double]) -> RepairEffect {
    let base = changes.indices.map { 2 + Double($0) / 10 }
    return RepairEffect(
      original: likelihoods(base), pruned: likelihoods(base.map { $0 + 0.5 }),
      repaired: likelihoods(zip(base, changes).map { $0 + 0.5 + $1 }))
  }

  private func report(_ changes: [Double], tokens: Int = 1_000) -> RepairReport {
    RepairReport(
      spans: [RemovedSpan(keptLayer: 12, removed: 13...14), RemovedSpan(keptLayer: 16, removed: 17...17)], texts: 3,
      tokens: tokens, hiddenSize: 576, effect: effect(changes), seed: 7)
  }

  @Test func `differences are paired by text, means are over texts, perplexity is over tokens`() {
    let effect = RepairEffect(
      original: [TextLikelihood(tokens: [1]), TextLikelihood(tokens: [2, 2, 2])],
      pruned: [TextLikelihood(tokens: [2]), TextLikelihood(tokens: [5, 5, 5])],
      repaired: [TextLikelihood(tokens: [2.5]), TextLikelihood(tokens: [3, 3, 3])])
    #expect(effect.texts == 2 && effect.tokens == 4)
    #expect(effect.original.nll == 1.5 && effect.pruned.nll == 3.5 && effect.repaired.nll == 2.75)
    #expect((effect.original.perplexity - 5.754_602_676_005_73).magnitude < 1e-12)  // exp(7/4)
    #expect(effect.damage.mean == 2 && effect.remaining.mean == 1.25 && effect.repair.mean == -0.75)
    // Two texts: the interval reaches from one to the other.
    #expect(effect.repair.interval == -2...0.5)
    #expect(effect.verdict == .open)
  }

  @Test(
    arguments: [
      ([-0.2, -0.21, -0.19, -0.2], RepairEffect.Verdict.better, "the repair lowers the nll by 0.2000 ("),
      ([0.2, 0.21, 0.19, 0.2], .worse, "the repair raises the nll by 0.2000 ("),
      ([-0.2, 0.2, -0.1, 0.1], .open, "no effect of the repair is shown: it changes the nll by "),
      ([0, 0, 0], .open, "no effect of the repair is shown: it changes the nll by 0 (0 … 0) nats a token"),
      ([-0.2], .open, "how sure the effect of the repair is cannot be said: one text was measured"),
      ([-0.2, .nan], .open, "how sure the effect of the repair is cannot be said: a likelihood is not finite"),
    ] as [([Double], RepairEffect.Verdict, String)])
  func `an effect is claimed only where the interval excludes 0`(
    changes: [Double], verdict: RepairEffect.Verdict, sentence: String
  ) {
    #expect(effect(changes).verdict == verdict)
    let sentences = report(changes).sentences
    #expect(sentences.count == 1)
    #expect(sentences.first?.hasPrefix(sentence) == true, "\(sentences)")
    for (verb, other) in [("lowers", RepairEffect.Verdict.better), ("raises", .worse)] where other != verdict {
      #expect(!sentences.joined().contains(verb))
    }
    #expect(sentences.joined().contains("leave out --repair") == (verdict == .worse))
    #expect(report(changes).table.contains(sentence))
  }

  @Test(arguments: [(575, true), (576, false), (1_000, false)])
  func `too few tokens for a map are named`(tokens: Int, isSaid: Bool) {
    let sentence = "tokens do not determine the maps: fewer than the hidden size of 576; fit on more texts"
    #expect(report([-0.2, -0.2], tokens: tokens).sentences.contains { $0.hasSuffix(sentence) } == isSaid)
  }

  @Test func `the table names spans, texts and the three models`() {
    let lines = report([-0.2, -0.21, -0.19, -0.2]).table.split(separator: "\n", omittingEmptySubsequences: false)
    let rows = lines.map { $0.split(separator: " ").map(String.init) }
    #expect(rows[0] == ["removed", "blocks", "map", "in", "block"])
    #expect(rows[1] == ["13-14", "12"] && rows[2] == ["17", "16"] && rows[3].isEmpty)
    #expect(lines[4] == "fitted on 3 texts, 1,000 tokens; measured on 4 other texts, 8 predicted tokens")
    #expect(rows[5].prefix(4) == ["model", "nll", "perplexity", "delta_nll"])
    #expect(rows[6].first == "original" && rows[6].suffix(2) == ["-", "-"])
    #expect(rows[7].starts(with: ["without", "blocks", "2.650"]) && rows[7].contains("0.5000"))
    #expect(rows[8].starts(with: ["repaired", "2.450"]) && rows[8].contains("0.3000"))
    #expect(lines.allSatisfy { $0.count <= 100 })
  }

  @Test func `json has every number, and none where it is not finite`() throws {
    let json = report([-0.2, -0.21, -0.19, -0.2]).json
    #expect(json["verdict"]?.string == "better" && json["seed"]?.string == "7")
    #expect(json["ridge"]?.double == RepairFit.ridge)
    let maps = try #require(json["maps"]?.array)
    #expect(maps.map { $0["block"]?.integer } == [12, 16])
    #expect(maps.map { $0["removed"]?.array?.compactMap(\.integer) } == [[13, 14], [17]])
    #expect(json["fitted"]?["texts"]?.integer == 3 && json["fitted"]?["tokens"]?.integer == 1_000)
    #expect(json["measured"]?["texts"]?.integer == 4 && json["measured"]?["tokens"]?.integer == 8)
    let repair = try #require(json["repair"]?["delta_nll"]?.double)
    #expect((repair + 0.2).magnitude < 1e-12)
    let (low, high) = (try #require(json["repair"]?["low"]?.double), try #require(json["repair"]?["high"]?.double))
    #expect(low <= repair && repair <= high && high < 0)
    #expect(json["original"]?["delta_nll"] == nil && json["pruned"]?["delta_nll"]?.double != nil)
    let broken = report([-0.2, .nan]).json
    #expect(broken["repaired"]?["nll"] == .null && broken["repair"]?["low"] == .null)
    #expect(broken["original"]?["nll"]?.double != nil)
  }
}

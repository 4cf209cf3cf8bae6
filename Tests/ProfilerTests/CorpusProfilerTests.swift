import Foundation
import LlamaCore
import Profiler
import Statistics
import TestSupport
import Testing

@Suite struct CorpusProfilerTests {
  private let corpus = TokenizedCorpus(domains: [
    .init(
      name: "a",
      texts: [.init(index: 0, tokens: [1, 2, 3]), .init(index: 2, tokens: [4]), .init(index: 3, tokens: [5, 6])],
      emptyTexts: 1, truncatedTexts: 1),
    .init(name: "none", texts: [], emptyTexts: 2),
    .init(name: "b", texts: [.init(index: 0, tokens: [7, 8])]),
  ])

  private func block(_ tokens: [TokenID], _ layer: Int) -> BlockInputs {
    BlockInputs(tokens: tokens.count, hiddenSize: 16, seed: UInt64(layer) * 50 + UInt64(tokens[0]))
  }

  /// Stands in for a model: two texts a wave.
  private func pass(_ layers: Int, _ change: @escaping (inout BlockInputs, Int, Int) -> Void = { _, _, _ in }) -> (
    [[TokenID]], inout ProfileObserver
  ) throws -> Void {
    { texts, observer in
      for start in stride(from: 0, to: texts.count, by: 2) {
        for layer in 0..<layers {
          for text in start..<min(start + 2, texts.count) where observer.sites(at: layer) != [] {
            var inputs = self.block(texts[text], layer)
            change(&inputs, layer, text)
            try inputs.show(to: &observer, layer: layer, text: text)
          }
        }
      }
    }
  }

  @Test func `a domain's statistics are over its texts`() throws {
    var texts: [TextProfile] = []
    var progress: [CorpusProfiler.Progress] = []
    let result = try CorpusProfiler(corpus: corpus, layerCount: 3)
      .profile(sink: { texts.append($0) }, progress: { progress.append($0) }, pass: pass(3))

    #expect(
      texts.map(\.text) == [
        TextIdentity(domain: "a", index: 0), TextIdentity(domain: "a", index: 2), TextIdentity(domain: "a", index: 3),
        TextIdentity(domain: "b", index: 0),
      ])
    #expect(result.domains.map(\.name) == ["a", "none", "b"])
    #expect(result.domains.map(\.texts) == [3, 0, 1])
    #expect(result.domains.map(\.tokens) == [6, 0, 2])
    #expect(result.texts == 4)
    #expect(result.tokens == 8)
    #expect(result.emptyTexts == 3)
    #expect(result.truncatedTexts == 1)
    #expect(result.nonFiniteTexts == 0)
    #expect(result.incidents.isEmpty)
    for layer in 0..<3 {
      for metric in Metric.standard {
        let all = RunningStatistics(texts.prefix(3).map { $0.rows(.all)[layer][metric] })
        #expect(result.domains[0][.all, layer, metric] == all)
        // The text of one token is not in this scope.
        let tail = RunningStatistics([texts[0], texts[2]].map { $0.rows(.withoutFirstToken)[layer][metric] })
        #expect(result.domains[0][.withoutFirstToken, layer, metric] == tail)
        #expect(result.domains[1][.all, layer, metric].count == 0)
        #expect(result.domains[2][.all, layer, metric].variance == nil)
      }
    }
    #expect(progress.count == 12)
    #expect(progress.map(\.fraction) == progress.map(\.fraction).sorted())
    let last = try #require(progress.last)
    #expect(last.finishedTexts == 4)
    #expect(last.texts == 4)
    #expect(last.tokens == 8)
    #expect(last.fraction == 1)
  }

  @Test func `a text with values that are not finite is left out from its block on and counted`() throws {
    let result = try CorpusProfiler(corpus: corpus, layerCount: 3, skipsFirstBlock: true)
      .profile(
        pass: pass(3) { inputs, layer, text in
          guard layer == 2, text == 0 else { return }
          inputs.mlp[20] = .nan
          inputs.after[20] = .nan
        })
    #expect(result.domains[0].layers == 1..<3)
    #expect(result.domains[0].texts == 3)
    #expect(result.domains[0].nonFiniteTexts == 1)
    #expect(result.domains[0][.all, 0, .mean].count == 0)
    #expect(result.domains[0][.all, 1, .mean].count == 3)
    #expect(result.domains[0][.all, 2, .mean].count == 2)
    #expect(result.domains[0][.withoutFirstToken, 2, .mean].count == 1)
    let incident = try #require(result.incidents.first)
    #expect(result.incidentCount == 1)
    #expect(incident.text == TextIdentity(domain: "a", index: 0))
    #expect(incident.nonFinite.layer == 2)
    #expect(incident.nonFinite.position == 1)
    #expect(incident.nonFinite.count == 1)
  }

  @Test func `a pass that leaves out texts is an error`() throws {
    #expect(throws: ProfileError.unfinished(texts: 4, finished: 0)) {
      try CorpusProfiler(corpus: corpus, layerCount: 3).profile(pass: { _, _ in })
    }
  }

  @Test func `a corpus without texts gives empty statistics`() throws {
    let empty = TokenizedCorpus(domains: [.init(name: "x", texts: [], emptyTexts: 1)])
    let result = try CorpusProfiler(corpus: empty, layerCount: 2).profile(pass: pass(2))
    #expect(result.texts == 0)
    #expect(result.domains[0][.all, 1, .absMean].mean == nil)
  }

  @Test func `the numbers kept of each token until the last block are planned for`() throws {
    let model = try LlamaModel(directory: Repository.fixtures.appending(path: "tiny-llama"))
    // 96 rows are a multiple of every alignment.
    let texts = (0..<10).map { TokenizedCorpus.Text(index: $0, tokens: Array(repeating: 1, count: 96)) }
    let corpus = TokenizedCorpus(domains: [.init(name: "d", texts: texts)])
    func plan(skipsFirstBlock: Bool = false, memoryLimit: Int = 1 << 40) throws -> RunPlan {
      try CorpusProfiler(corpus: corpus, model: model, skipsFirstBlock: skipsFirstBlock)
        .plan(with: model, options: RunOptions(threads: 1, waveTokens: 960, memoryLimit: memoryLimit))
    }
    let whole = try plan()
    #expect(whole.largestWave == 960)
    // A number of each standard metric, and two of the standard deviation.
    #expect(try whole.peakBytes - plan(skipsFirstBlock: true).peakBytes == 960 * 8 * (Metric.standard.count + 1))
    let limit = whole.peakBytes - 1
    let limited = try plan(memoryLimit: limit)
    #expect(limited.waveTokens < 960)
    #expect(limited.peakBytes <= limit)
  }
}

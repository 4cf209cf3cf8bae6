import Foundation
import Foundations
import LlamaCore
import Profiler
import Testing

@Suite struct SpectrumTests {
  @Test(arguments: try BlockCase.load())
  func `the spectrum agrees with numpy's singular values`(block: BlockCase) throws {
    let profile = try block.inputs().profile(measuring: [.spectrum])
    for scope in Metric.stableRank.scopes {
      guard let expected = try block.row(scope) else { continue }
      let found = try #require(profile.rows(scope).first)
      for metric in Metric.Group.spectrum.metrics {
        #expect(expected[metric].isFinite)
        #expect(
          abs(found[metric] - expected[metric]) <= 1e-11 * expected[metric],
          "\(scope.rawValue) \(metric.rawValue): expected \(expected[metric]), found \(found[metric])")
      }
    }
  }

  @Test(arguments: [1, 5, 20])
  func `the other metrics are bit for bit the same with and without a spectrum`(tokens: Int) throws {
    let block = BlockInputs(tokens: tokens, hiddenSize: 12, seed: 21)
    let plain = try block.profile()
    let whole = try block.profile(measuring: [.spectrum])
    for scope in Scope.allCases {
      var rows = whole.rows(scope)
      for metric in Metric.Group.spectrum.metrics {
        #expect(plain.rows(scope).allSatisfy { $0[metric].isNaN })
        #expect(rows.allSatisfy { $0[metric].isFinite == (scope != .withoutSinks) })
        for index in rows.indices { rows[index][metric] = .nan }
      }
      #expect(rows == plain.rows(scope))
    }
  }

  @Test func `one token has one direction`() throws {
    let profile = try BlockInputs(tokens: 1, hiddenSize: 50, seed: 22).profile(measuring: [.spectrum])
    let row = try #require(profile.rows(.all).first)
    #expect(Metric.Group.spectrum.metrics.map { row[$0] } == [1, 1, 1])
    #expect(profile.rows(.withoutFirstToken).isEmpty)
  }

  @Test func `tokens that all move along one direction have a rank of one, along orthogonal ones theirs`() throws {
    let hidden = 16
    func spectrum(_ delta: (_ token: Int, _ element: Int) -> Float) throws -> BlockMetrics {
      let mlp = (0..<4 * hidden).map { delta($0 / hidden, $0 % hidden) }
      let zeros = [Float](repeating: 0, count: mlp.count)
      let block = BlockInputs(
        hiddenSize: hidden, before: zeros.map { _ in 8 }, attention: zeros, mlp: mlp)
      return try #require(try block.profile(measuring: [.spectrum]).rows(.all).first)
    }
    let line = try spectrum { Float(1 + $0) * ($1 % 2 == 0 ? 1 : -0.5) }
    for metric in Metric.Group.spectrum.metrics { #expect(abs(line[metric] - 1) < 1e-12, "\(metric)") }
    let axes = try spectrum { $0 == $1 ? 2 : 0 }
    #expect(abs(axes[.effectiveRank] - 4) < 1e-12)
    #expect(abs(axes[.stableRank] - 4) < 1e-12)
    #expect(abs(axes[.topDirectionShare] - 0.25) < 1e-12)
  }

  @Test func `a row does not depend on its neighbours`() throws {
    let whole = BlockInputs(tokens: 30, hiddenSize: 21, seed: 23)
    var tail = whole
    tail.start = 1
    tail.before.removeFirst(21)
    tail.attention.removeFirst(21)
    tail.mlp.removeFirst(21)
    tail.after.removeFirst(21)
    let rows = try whole.profile(measuring: [.spectrum]).rows(.withoutFirstToken)
    #expect(try tail.profile(measuring: [.spectrum]).rows(.all) == rows)
    #expect(try tail.profile(measuring: [.spectrum]).rows(.withoutFirstToken) == rows)
  }

  @Test(arguments: [(0..<0, false), (0..<1, false), (1..<4, true), (0..<4, true)])
  func `a change of zeros has no spectrum, which is reported and concerns no other metric`(
    zeros: Range<Int>, isReported: Bool
  ) throws {
    var block = BlockInputs(tokens: 4, hiddenSize: 6, seed: 24)
    for index in zeros.lowerBound * 6..<zeros.upperBound * 6 {
      block.attention[index] = 0
      block.mlp[index] = 0
      block.after[index] = block.before[index]
    }
    #expect(try block.profile().nonFinite.isEmpty)
    let profile = try block.profile(measuring: [.spectrum])
    #expect(profile.nonFinite.map(\.cause) == (isReported ? [.zeroChange] : []))
    if let finding = profile.nonFinite.first {
      #expect(finding.position == zeros.lowerBound)
      #expect(finding.count == zeros.count)
    }
    let (all, tail) = (try #require(profile.rows(.all).first), try #require(profile.rows(.withoutFirstToken).first))
    #expect(all.isFinite())
    #expect(tail.isFinite())
    #expect(all[.effectiveRank].isNaN == (zeros.count == 4))
    #expect(all[.stableRank].isNaN == (zeros.count == 4))
    #expect(tail[.effectiveRank].isNaN == isReported)
    #expect(tail[.topDirectionShare].isNaN == isReported)
    var domain = DomainProfile(name: "d", layers: 0..<1, metrics: Metric.allCases)
    domain.add(profile)
    #expect(domain[.withoutFirstToken, 0, .effectiveRank].count == (isReported ? 0 : 1))
    #expect(domain[.withoutFirstToken, 0, .absMean].count == 1)
  }

  @Test func `values that are not finite have no spectrum and no other report`() throws {
    var block = BlockInputs(tokens: 3, hiddenSize: 8, seed: 25)
    block.mlp[9] = .infinity
    block.after[9] = .infinity
    let profile = try block.profile(measuring: [.spectrum])
    #expect(profile.nonFinite.map(\.cause) == [.values])
    for scope in Scope.allCases {
      let row = try #require(profile.rows(scope).first)
      #expect(Metric.allCases.allSatisfy { row[$0].isNaN })
    }
  }

}

@Suite struct SpectrumRunTests {
  /// The models that have a `spectrum.json`.
  static let models = GoldenModel.all.filter { ["tiny-llama", "multi-query"].contains($0.testDescription) }

  private func rows(
    _ corpus: TokenizedCorpus, _ model: LlamaModel, _ options: RunOptions
  ) throws -> [TextIdentity: [[BlockMetrics]]] {
    var rows: [TextIdentity: [[BlockMetrics]]] = [:]
    _ = try CorpusProfiler(corpus: corpus, model: model, measuring: [.spectrum])
      .profile(with: model, options: options, sink: { rows[$0.text] = Scope.allCases.map($0.rows) })
    return rows
  }

  @Test(arguments: models)
  func `the spectrum of every text and block agrees with Hugging Face in float64`(golden: GoldenModel) throws {
    let corpus = try golden.texts().corpus
    let found = try rows(corpus, LlamaModel(directory: golden.directory), RunOptions(threads: 2))
    let expected = try JSONValue(contentsOf: golden.directory.appending(path: "spectrum.json"))
    var compared = 0
    for (text, scopes) in found {
      let texts = try #require(expected[text.domain]?.array)
      for (rows, key) in zip(scopes, ["layers", "layers_without_first_token"]) {
        let layers = try #require(texts[text.index][key]?.array).filter { !$0.isNull }
        #expect(rows.count == layers.count)
        for (layer, (row, reference)) in zip(rows, layers).enumerated() {
          for metric in Metric.Group.spectrum.metrics {
            let value = try #require(reference[metric.rawValue]?.double)
            #expect(
              abs(row[metric] - value) <= 3e-6 * value,
              "\(text), \(key), block \(layer), \(metric.rawValue): \(row[metric]), not \(value)")
            compared += 1
          }
        }
      }
    }
    #expect(compared > 60)
  }

  @Test(arguments: models)
  func `a text's spectrum is bit for bit the same in any company`(golden: GoldenModel) throws {
    let model = try LlamaModel(directory: golden.directory)
    let corpus = try golden.texts().corpus
    let together = try rows(corpus, model, RunOptions(threads: 2, waveTokens: 4_096))
    let backwards = TokenizedCorpus(
      domains: corpus.domains.reversed().map { .init(name: $0.name, texts: $0.texts.reversed()) })
    #expect(try rows(backwards, model, RunOptions(threads: 1, waveTokens: 64)) == together)
    #expect(try rows(backwards, model, RunOptions(threads: 5, waveTokens: 300)) == together)
    for domain in corpus.domains {
      for text in domain.texts {
        let alone = TokenizedCorpus(domains: [.init(name: domain.name, texts: [text])])
        let text = TextIdentity(domain: domain.name, index: text.index)
        #expect(try rows(alone, model, RunOptions(threads: 2, waveTokens: 1))[text] == together[text])
      }
    }
  }

  @Test func `plan and memory limit count what the longest texts take on all threads`() throws {
    let golden = try #require(Self.models.first)
    let model = try LlamaModel(directory: golden.directory)
    let hidden = model.spec.hiddenSize
    let texts = [3, 300, 200, 100].enumerated().map { index, length in
      TokenizedCorpus.Text(index: index, tokens: Array(repeating: 1, count: length))
    }
    let corpus = TokenizedCorpus(domains: [.init(name: "d", texts: texts)])
    let profilers = [[], [.spectrum]].map { CorpusProfiler(corpus: corpus, model: model, measuring: $0) }
    for (threads, together) in [(1, [300]), (2, [300, 200]), (9, [3, 300, 200, 100])] {
      let options = RunOptions(threads: threads, memoryLimit: 1_000_000_000)
      let bytes = try profilers.map { try $0.plan(with: model, options: options).peakBytes }
      let more = together.reduce(0) { $0 + SingularValues.byteCount(rows: $1, columns: hidden) }
      // The statistics of three more metrics, and their columns.
      let columns = 3 * Scope.allCases.count * model.spec.layerCount * 200
      #expect(bytes[1] - bytes[0] == more + columns)
      #expect(more > 8 * hidden * together.reduce(0, +))
    }
    let needed = try profilers[0].plan(with: model, options: RunOptions(threads: 1, waveTokens: 1)).peakBytes
    let options = RunOptions(threads: 1, waveTokens: 1, memoryLimit: needed)
    _ = try profilers[0].plan(with: model, options: options)
    #expect(throws: RunError.self) { try profilers[1].plan(with: model, options: options) }
    #expect(throws: RunError.self) { try profilers[1].profile(with: model, options: options) }
  }

  @Test func `an estimate counts the singular values`() throws {
    let golden = try #require(Self.models.first)
    let model = try LlamaModel(directory: golden.directory)
    let corpus = try golden.texts().corpus
    let estimate = try CorpusProfiler(corpus: corpus, model: model, measuring: [.spectrum]).estimate(with: model)
    let plain = try CorpusProfiler(corpus: corpus, model: model).plan(with: model)
    #expect(estimate.plan.peakBytes > plain.peakBytes)
    #expect(estimate.seconds > 0)
    #expect(estimate.seconds < 60)
  }
}

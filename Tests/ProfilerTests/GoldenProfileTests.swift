import Foundation
import Foundations
import LlamaCore
import Profiler
import TestSupport
import Testing

/// A model directory with a `golden.json` of Hugging Face transformers in float64 (`hf_profile.py`).
struct GoldenModel: Sendable, CustomTestStringConvertible {
  let directory: URL
  var testDescription: String { directory.lastPathComponent }

  /// The fixtures, and the trained model of the shared folder where it is there.
  static let all: [GoldenModel] = {
    let variants = [
      "biases", "linear-rope", "float16", "multi-query", "multi-head-default", "llama3-rope-old-keys",
    ]
    let names = ["tiny-llama", "demo-model", "massive"] + variants.map { "variants/\($0)" }
    let own = names.map { Repository.fixtures.appending(path: $0) }
    return (own + (Repository.hasStories ? [Repository.stories] : [])).map(GoldenModel.init)
  }()

  /// `Fixtures/directions/<name>.json` of a model.
  static func directions(_ golden: GoldenModel) -> URL {
    Repository.fixtures.appending(path: "directions/\(golden.directory.lastPathComponent).json")
  }

  /// The texts of `golden.json`, domains in the order of their names, with the reference's rows.
  func texts() throws -> (corpus: TokenizedCorpus, rows: [JSONValue]) {
    let json = try JSONValue(contentsOf: directory.appending(path: "golden.json"))
    var domains: [TokenizedCorpus.Domain] = []
    var rows: [JSONValue] = []
    for (name, texts) in try #require(json.object).sorted(by: { $0.key < $1.key }) {
      let texts = try #require(texts.array)
      domains.append(
        .init(
          name: name,
          texts: try texts.enumerated().map { index, text in
            let ids = try #require(text["ids"]?.array)
            return .init(index: index, tokens: try ids.map { TokenID(try #require($0.integer)) })
          }))
      rows += texts
    }
    return (TokenizedCorpus(domains: domains), rows)
  }
}

@Suite struct GoldenProfileTests {
  /// What a scope is called in `golden.json`.
  private static let keys: [Scope: String] = [
    .all: "layers", .withoutFirstToken: "layers_without_first_token", .withoutSinks: "layers_without_sinks",
  ]

  @Test func `a trained model is among those compared, and another where it is there`() {
    #expect(GoldenModel.all.count == (Repository.hasStories ? 10 : 9))
  }

  @Test(arguments: GoldenModel.all)
  func `a corpus becomes the tokens of Hugging Face`(golden: GoldenModel) throws {
    let corpus = try Corpus(contentsOf: golden.directory.appending(path: "corpus.json"))
    let tokenizer = corpus.hasStrings ? try Tokenizer(contentsOf: golden.directory) : nil
    let model = try LlamaModel(directory: golden.directory)
    let found = TokenizedCorpus(
      corpus, maximumTokens: model.spec.maximumPositions,
      vocabularySize: model.spec.vocabularySize
    ) { try #require(tokenizer).encode($0) }
    let expected = try golden.texts().corpus
    #expect(Set(found.domains.map(\.name)) == Set(expected.domains.map(\.name)))
    for domain in expected.domains {
      #expect(found.domains.first { $0.name == domain.name }?.texts == domain.texts, "\(domain.name)")
    }
  }

  /// Through oneDNN also where runs do not take it, for want of AVX-512: with other kernels of its.
  @Test(arguments: GoldenModel.all, MatrixLibrary.allCases.filter { $0.computes(.float32) })
  func `every metric of every text and block agrees with Hugging Face in float64`(
    golden: GoldenModel, library: MatrixLibrary
  ) throws {
    let model = try LlamaModel(directory: golden.directory)
    let (corpus, expected) = try golden.texts()
    var options = RunOptions(threads: 2, waveTokens: 100)
    options.library = library
    var profiles: [TextProfile] = []
    let result = try CorpusProfiler(corpus: corpus, model: model)
      .profile(with: model, options: options, sink: { profiles.append($0) })
    #expect(profiles.count == expected.count)
    #expect(result.tokens == corpus.tokenCount)

    var compared = 0
    for (profile, text) in zip(profiles, expected) {
      for scope in Scope.allCases {
        // References without that scope are of texts without sinks, which have the same rows in it.
        let key = scope == .withoutSinks && text["sinks"] == nil ? "layers" : Self.keys[scope]
        let layers = try #require(text[key ?? ""]?.array).filter { !$0.isNull }
        #expect(profile.rows(scope).count == layers.count)
        for (layer, (row, reference)) in zip(profile.rows(scope), layers).enumerated() {
          for metric in Metric.standard where reference[metric.rawValue] != nil {
            let value = try #require(reference[metric.rawValue]?.double)
            // A stream of thousands has fewer digits for what is added to it.
            let loss = golden.directory.lastPathComponent == "massive" ? 5.0 : 1
            let unit = metric == .mean ? 1e-6 * (try #require(reference["abs_mean"]?.double)) : 3e-6 * abs(value)
            let scale = loss * unit
            #expect(
              abs(row[metric] - value) <= scale,
              "\(profile.text), \(scope.rawValue), block \(layer), \(metric.rawValue): \(row[metric]), not \(value)")
            compared += 1
          }
        }
      }
    }
    #expect(compared > 150)
    #expect(compared % 11 == 0)
  }

  /// Six metrics that `golden.json` does not have, in `Fixtures/directions` (`make_directions.py`).
  private static let directions: [Metric] = [
    .cosine, .attentionCosine, .mlpCosine, .attentionInfluence, .mlpInfluence, .residualNorm,
  ]

  @Test(arguments: GoldenModel.all)
  func `cosines, influences and the norm of every text and block agree with Hugging Face in float64`(
    golden: GoldenModel
  ) throws {
    let model = try LlamaModel(directory: golden.directory)
    let corpus = try golden.texts().corpus
    let expected = try JSONValue(contentsOf: GoldenModel.directions(golden))
    let isMassive = golden.directory.lastPathComponent == "massive"
    var compared = 0
    _ = try CorpusProfiler(corpus: corpus, model: model).profile(
      with: model,
      sink: { profile in
        let text = try #require(expected[profile.text.domain]?.array?[profile.text.index])
        for scope in [Scope.all, .withoutFirstToken] {
          let layers = try #require(text[scope.rawValue]?.array).filter { !$0.isNull }
          #expect(profile.rows(scope).count == layers.count)
          for (layer, (row, reference)) in zip(profile.rows(scope), layers).enumerated() {
            for metric in Self.directions {
              let value = try #require(reference[metric.rawValue]?.double)
              // A mean of cosines may cancel, so its yardstick is 1; a stream of thousands has fewer digits for what is added
              // to it. A rounding of the stream turns a row by some share of its norm, and a small angle by its product with that.
              let scale = metric.isSigned ? 1 : abs(value)
              let turn =
                metric == .residualNorm ? 0 : 6e-8 * (value.magnitude / Double(model.spec.hiddenSize)).squareRoot()
              #expect(
                abs(row[metric] - value) <= (isMassive ? 10 : 1) * 3e-6 * scale + turn,
                "\(profile.text), \(scope.rawValue), block \(layer), \(metric): \(row[metric]), not \(value)")
              compared += 1
            }
          }
        }
      })
    #expect(compared > 80)
  }

  @Test(
    .enabled(if: Precision.bfloat16.unavailableReason == nil, "no bfloat16 on this processor or in this build"),
    .enabled(if: Repository.hasStories, "needs ../shared/conformance/models/stories260K"))
  func `in bfloat16 a domain's average change is within a thousandth of Hugging Face's in float64`() throws {
    for golden in GoldenModel.all where golden.directory == Repository.stories {
      let model = try LlamaModel(directory: golden.directory)
      let (corpus, expected) = try golden.texts()
      var found: [TextIdentity: [BlockMetrics]] = [:]
      _ = try CorpusProfiler(corpus: corpus, model: model)
        .profile(with: model, options: RunOptions(precision: .bfloat16), sink: { found[$0.text] = $0.rows(.all) })
      let identities = corpus.domains.flatMap { domain in
        domain.texts.map { TextIdentity(domain: domain.name, index: $0.index) }
      }
      var sums: [String: (found: Double, exact: Double)] = [:]
      for (text, reference) in zip(identities, expected) {
        let layers = try #require(reference["layers"]?.array)
        for (layer, (row, exact)) in zip(try #require(found[text]), layers).enumerated() {
          let exact = try #require(exact["abs_mean"]?.double)
          // One text of a model of width 64, whose float32 weights are rounded too.
          #expect(abs(row[.absMean] - exact) <= 1.5e-3 * exact)
          sums["\(text.domain) \(layer)", default: (0, 0)].found += row[.absMean]
          sums["\(text.domain) \(layer)", default: (0, 0)].exact += exact
        }
      }
      #expect(sums.values.allSatisfy { abs($0.found - $0.exact) <= 1e-3 * $0.exact && $0.found != $0.exact })
    }
  }

  @Test(arguments: GoldenModel.all)
  func `a text's rows are bit for bit the same in any company`(golden: GoldenModel) throws {
    try checkCompany(golden, .float32)
  }

  @Test(
    .enabled(if: Precision.bfloat16.unavailableReason == nil, "no bfloat16 on this processor or in this build"),
    arguments: GoldenModel.all)
  func `in bfloat16 they are too`(golden: GoldenModel) throws { try checkCompany(golden, .bfloat16) }

  private func checkCompany(_ golden: GoldenModel, _ precision: Precision) throws {
    let model = try LlamaModel(directory: golden.directory)
    let (corpus, _) = try golden.texts()
    func rows(
      _ corpus: TokenizedCorpus, threads: Int, waveTokens: Int, memoryLimit: Int? = nil
    ) throws -> [TextIdentity: [BlockMetrics]] {
      var rows: [TextIdentity: [BlockMetrics]] = [:]
      let options = RunOptions(
        precision: precision, threads: threads, waveTokens: waveTokens, memoryLimit: memoryLimit)
      _ = try CorpusProfiler(corpus: corpus, model: model)
        .profile(with: model, options: options, sink: { rows[$0.text] = Scope.allCases.flatMap($0.rows) })
      return rows
    }
    let together = try rows(corpus, threads: 2, waveTokens: 4_096)
    let backwards = TokenizedCorpus(
      domains: corpus.domains.reversed().map { .init(name: $0.name, texts: $0.texts.reversed()) })
    #expect(try rows(backwards, threads: 1, waveTokens: 64) == together)
    #expect(try rows(backwards, threads: 2, waveTokens: 300, memoryLimit: 500_000_000) == together)
    for domain in corpus.domains {
      for text in domain.texts {
        let alone = TokenizedCorpus(domains: [.init(name: domain.name, texts: [text])])
        let text = TextIdentity(domain: domain.name, index: text.index)
        #expect(try rows(alone, threads: 2, waveTokens: 1)[text] == together[text])
      }
    }
  }
}

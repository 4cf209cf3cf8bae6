import Foundation
import LlamaCore
import ProfileReport
import Profiler

/// A run small enough to work out by hand: texts of one token, a stream of width 1, two blocks.
struct SmallRun {
  let corpus: TokenizedCorpus
  /// What the blocks of each text add, as residual before, attention, MLP.
  let blocks: [[(Float, Float, Float)]]
  var measuresSpectrum = false

  static let domain = "a,\"b\"\n"

  init(
    domains: [String] = [SmallRun.domain],
    blocks: [[(Float, Float, Float)]] = [[(2, 2, -0.5), (4, -2, 1)], [(1, -3, 0.25), (-2, 1, 0.5)]]
  ) {
    corpus = TokenizedCorpus(
      domains: domains.map {
        .init(
          name: $0, texts: blocks.indices.map { .init(index: 2 * $0, tokens: [1]) }, emptyTexts: 1, truncatedTexts: 2)
      })
    self.blocks = blocks
  }

  func profile(sink: @escaping ProfileObserver.Sink = { _ in }) throws -> CorpusProfile {
    let profiler = CorpusProfiler(
      corpus: corpus, layerCount: blocks.first?.count ?? 1, measuresSpectrum: measuresSpectrum)
    return try profiler.profile(sink: sink) { texts, observer in
      for text in texts.indices {
        for (layer, (before, attention, mlp)) in blocks[text % blocks.count].enumerated() {
          try BlockInputs(hiddenSize: 1, before: [before], attention: [attention], mlp: [mlp])
            .show(to: &observer, layer: layer, text: text)
        }
      }
    }
  }

  /// A manifest with made-up facts.
  static func manifest() throws -> RunManifest {
    let model = ProfilerFixtures.folder.appending(path: "statistics.json")
    var manifest = RunManifest(
      model: "models/m", modelFingerprint: try Fingerprint(contentsOf: model), corpus: "corpus \"1\".json",
      corpusFingerprint: try Fingerprint(contentsOf: model), precision: "float32", threads: 2, seed: .max,
      bosPolicy: "tokenizer template", maximumTokens: 512, textLimit: nil, skipsFirstBlock: false,
      versions: [("fp-cli", "1.0"), ("a library", "2")], started: Date(timeIntervalSince1970: 1_800_000_000),
      finished: Date(timeIntervalSince1970: 1_800_000_004))
    manifest.waveTokens = 1024
    return manifest
  }
}

/// A folder that is removed with its content at the end of a test.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appending(path: "profiler-tests-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  /// Names of everything in it, hidden files too.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }

  func text(_ name: String) throws -> String { try String(contentsOf: url.appending(path: name), encoding: .utf8) }

  deinit { try? FileManager.default.removeItem(at: url) }
}

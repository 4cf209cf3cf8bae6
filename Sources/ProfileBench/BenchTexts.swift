import LlamaCore
import Profiler

/// Texts of random token ids: content affects neither speed nor memory.
package enum BenchTexts {
  /// Lengths of the texts to profile if no corpus is given, 3,020 tokens in total: those of the corpus behind the
  /// figures of docs/performance.md.
  static let lengths = [
    164, 202, 135, 87, 119, 81, 171, 419, 116, 106, 231, 210, 176, 85, 160, 266, 64, 119, 43, 66,
  ]

  /// The texts that are profiled where there is no corpus, cut to the model's positions.
  package static func standard(for spec: ModelSpec) -> TokenizedCorpus {
    corpus(lengths.map { min($0, spec.maximumPositions) }, spec)
  }

  /// Texts of one length.
  static func equal(_ length: Int, count: Int, _ spec: ModelSpec) -> TokenizedCorpus {
    corpus([Int](repeating: length, count: count), spec)
  }

  /// The same ids in every run of every version.
  private static func corpus(_ lengths: [Int], _ spec: ModelSpec) -> TokenizedCorpus {
    var state: UInt64 = 1
    let texts = lengths.enumerated().map { index, length in
      TokenizedCorpus.Text(
        index: index,
        tokens: (0..<length).map { _ in
          // Linear congruential generator (Knuth's MMIX); its upper half is random enough.
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return TokenID(Int(state >> 33) % max(1, spec.vocabularySize))
        })
    }
    return TokenizedCorpus(domains: [TokenizedCorpus.Domain(name: "bench", texts: texts)])
  }
}

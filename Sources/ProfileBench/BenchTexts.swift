import Foundations
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
    var generator = SplitMix64(seed: 1)
    let vocabulary = UInt64(max(1, spec.vocabularySize))
    let texts = lengths.enumerated().map { index, length in
      TokenizedCorpus.Text(
        index: index,
        tokens: (0..<length).map { _ in TokenID(generator.next(below: vocabulary)) })
    }
    return TokenizedCorpus(domains: [TokenizedCorpus.Domain(name: "bench", texts: texts)])
  }
}

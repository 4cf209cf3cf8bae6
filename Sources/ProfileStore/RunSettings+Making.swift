import Foundation
public import LlamaCore
public import Profiler

extension RunSettings {
  /// Settings of a run over a corpus that is in memory: the hash of its token ids stands for that of a file.
  ///
  /// - Parameters:
  ///   - profiler: the texts, and what is measured of them.
  ///   - model: the model.
  ///   - options: the precision counts.
  ///   - corpus: what the corpus is called in the manifest.
  /// - Throws: `FileError` where the model cannot be read.
  public init(
    _ profiler: CorpusProfiler, _ model: LlamaModel, options: RunOptions, corpus: String = "in memory"
  ) throws {
    var bytes: [UInt8] = []
    for domain in profiler.corpus.domains {
      bytes += domain.name.utf8
      for text in domain.texts {
        bytes.append(0)
        for token in text.tokens { withUnsafeBytes(of: token.littleEndian) { bytes += $0 } }
      }
      bytes.append(0xFF)
    }
    self.init(
      modelFingerprint: try Fingerprint(of: model.checkpoint),
      weightsFingerprint: try Fingerprint(sampling: model.checkpoint), corpusFingerprint: Fingerprint(of: bytes.span),
      precision: options.precision.rawValue, matmul: LlamaModel.computeLibrary(for: options.precision),
      maximumTokens: model.spec.maximumPositions, layers: profiler.layers, metrics: profiler.metrics,
      model: model.checkpoint.directory.relativePath, corpus: corpus, bosPolicy: "as in the corpus (token ids)")
  }
}

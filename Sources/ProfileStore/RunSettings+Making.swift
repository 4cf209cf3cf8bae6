import Foundation
public import LlamaCore
public import Profiler

extension RunSettings {
  /// Settings of a run over a corpus that is in memory: the hash of its token ids and groups stands for that of a file.
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
        // No number of the run depends on it, but what is made of them does.
        if let group = text.group { bytes += [1] + Array(group.utf8) }
      }
      bytes.append(0xFF)
    }
    try self.init(
      profiler, model, options: options, modelFingerprint: Fingerprint(of: model.checkpoint),
      corpusFingerprint: Fingerprint(of: bytes.span), maximumTokens: model.spec.maximumPositions, textLimit: nil,
      corpus: corpus, bosPolicy: "as in the corpus (token ids)")
  }

  /// Settings of a run over texts that were selected from a corpus file.
  ///
  /// - Parameters:
  ///   - profiler: the texts, and what is measured of them.
  ///   - texts: provenance of the texts.
  ///   - model: the model.
  ///   - options: the precision counts.
  ///   - modelFingerprint: `Fingerprint(of: model.checkpoint)`, if it is known already.
  /// - Throws: `FileError` where the model cannot be read.
  public init(
    _ profiler: CorpusProfiler, of texts: SelectedCorpus, _ model: LlamaModel, options: RunOptions,
    modelFingerprint: Fingerprint? = nil
  ) throws {
    try self.init(
      profiler, model, options: options,
      modelFingerprint: try modelFingerprint ?? Fingerprint(of: model.checkpoint),
      corpusFingerprint: texts.fingerprint, maximumTokens: texts.maximumTokens, textLimit: texts.limit,
      corpus: texts.file.relativePath, bosPolicy: texts.bosPolicy)
  }

  private init(
    _ profiler: CorpusProfiler, _ model: LlamaModel, options: RunOptions, modelFingerprint: Fingerprint,
    corpusFingerprint: Fingerprint, maximumTokens: Int, textLimit: Int?, corpus: String, bosPolicy: String
  ) throws {
    self.init(
      modelFingerprint: modelFingerprint, weightsFingerprint: try Fingerprint(sampling: model.checkpoint),
      corpusFingerprint: corpusFingerprint, precision: options.precision.rawValue,
      matmul: LlamaModel.computeLibrary(for: options.precision), maximumTokens: maximumTokens, textLimit: textLimit,
      layers: profiler.layers, metrics: profiler.metrics, model: model.checkpoint.directory.relativePath,
      corpus: corpus, bosPolicy: bosPolicy)
    ablation = profiler.ablation
    if let directory = ablation?.swapsFrom {
      swapFingerprint = try Fingerprint(sampling: Checkpoint(directory: directory))
    }
    guard !model.edits.isEmpty else { return }
    edits = model.edits.description
    program = model.edits.program
    editsIdentity = try model.edits.identity()
  }
}

extension ModelEdits {
  /// Returns the edits with hashes of the contents of files in place of their paths.
  ///
  /// - Throws: `FileError` where a file cannot be read, or the errors of a checkpoint.
  fileprivate func identity() throws -> String {
    var hashes: [URL: String] = [:]
    for vector in steering { hashes[vector.file] = try Fingerprint(contentsOf: vector.file).hexadecimal }
    for swap in swaps {
      let checkpoint = try Checkpoint(directory: swap.directory)
      hashes[swap.directory] = try Fingerprint(sampling: checkpoint).hexadecimal
    }
    return words { hashes[$0] ?? "" }
  }
}

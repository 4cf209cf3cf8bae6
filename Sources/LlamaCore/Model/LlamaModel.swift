import Foundation

/// A Llama-family model on disk, ready to run.
///
/// ```swift
/// let model = try LlamaModel(directory: URL(filePath: "Llama-3.2-1B"))
/// var observer = MyObserver()
/// try model.run([tokenizer.encode("Hello")], observer: &observer)
/// ```
///
/// Opening maps the files and checks every tensor against the configuration; weights are read on demand during a run
/// and released block by block. The model holds no state of a run, so it is thread-safe.
///
/// During a run OpenBLAS, whose number of threads is a setting of the whole process, is limited to one thread, because
/// the run's own threads share the work: other calls of OpenBLAS in the process also use one thread at that time. The
/// setting is restored afterwards. OpenMP's number of threads belongs to a thread, and is restored after every product.
public struct LlamaModel: Sendable {
  /// Specification of the model, block by block.
  public let spec: ModelSpec
  /// Files of the model.
  public let checkpoint: Checkpoint
  /// Changes of the checkpoint's model, see ``edited(by:)``; empty for none.
  public let edits: ModelEdits
  /// For each block of ``spec`` its index in the checkpoint.
  public let program: [Int]
  let weights: ModelWeights
  /// The model without edits.
  let source: (spec: ModelSpec, weights: ModelWeights)

  /// Opens a Hugging Face model directory: `config.json` and safetensors.
  /// - Throws: ``FileError``, ``SafetensorsError`` or ``CheckpointError``; a model that does not fit its configuration
  ///   is refused.
  public init(directory: URL) throws {
    try self.init(directory: directory, spec: ModelSpec(contentsOf: directory))
  }

  /// Opens the weights of a directory as a model with the given specification.
  package init(directory: URL, spec: ModelSpec) throws {
    let checkpoint = try Checkpoint(directory: directory)
    let weights = try ModelWeights(checkpoint, spec)
    self.init(
      spec: spec, checkpoint: checkpoint, weights: weights, source: (spec, weights), edits: ModelEdits(),
      program: Array(spec.blocks.indices))
  }

  init(
    spec: ModelSpec, checkpoint: Checkpoint, weights: ModelWeights, source: (spec: ModelSpec, weights: ModelWeights),
    edits: ModelEdits, program: [Int]
  ) {
    (self.spec, self.checkpoint, self.weights, self.source) = (spec, checkpoint, weights, source)
    (self.edits, self.program) = (edits, program)
  }

  /// Reads the tokenizer of the model's directory.
  /// - Throws: ``FileError`` or ``TokenizerError``.
  public func tokenizer() throws -> Tokenizer { try Tokenizer(contentsOf: checkpoint.directory) }

  /// Returns the matrix libraries and kernels of this process, for the record of a run.
  public static func computeLibrary(for precision: Precision) -> String {
    switch MatrixLibrary.fastest(for: precision) {
    case .cblas: BLAS.description
    case .oneDNN: "\(OneDNNMatmul.description); attention: \(BLAS.description)"
    }
  }

  /// Positions for which logits are returned.
  public enum LogitPositions: Sendable {
    /// The last position of every text, which predicts the next token.
    case last
    /// Every position. Takes `tokens · vocabularySize` floats of memory.
    case all
  }

  /// Runs all blocks on `texts` and passes their results to `observer`. No logits are computed.
  ///
  /// Results of a text are bit-identical whatever the other texts, their order, the threads and the size of the waves;
  /// of `options` only the precision changes them.
  /// - Parameters:
  ///   - texts: token ids, including a BOS token if the model expects one.
  ///   - options: how the run uses the machine.
  ///   - observer: see ``LayerObserver`` for when it is called; a ``ConcurrentLayerObserver`` is called on several
  ///     threads.
  ///   - progress: called on the caller's thread after every block of every wave. An error thrown here stops the run.
  /// - Returns: the time that the threads spent, by phase.
  /// - Throws: ``RunError`` before any computation, `CancellationError` before the next block if the calling task is
  ///   cancelled, or an error of the observer or of `progress`.
  @discardableResult
  public func run(
    _ texts: [[TokenID]], options: RunOptions = RunOptions(), observer: inout some LayerObserver,
    progress: ((RunProgress) throws -> Void)? = nil
  ) throws -> RunTiming {
    try sweep(texts, options, &observer, progress: progress)
  }

  /// Runs all blocks on `texts` and returns each text's logits, bit-identical with any observer.
  /// - Throws: ``RunError`` before any computation, or an error of the observer.
  public func logits(
    of texts: [[TokenID]], at positions: LogitPositions = .last, options: RunOptions = RunOptions(),
    observer: inout some LayerObserver
  ) throws -> [Logits] {
    var result: [Logits] = []
    result.reserveCapacity(texts.count)
    let size = spec.vocabularySize
    func append(_ pass: ForwardPass, _ batch: PackedBatch) throws {
      for slot in batch.slots {
        let wanted = positions == .all ? slot.rows : slot.rows.upperBound - 1..<slot.rows.upperBound
        let output = FloatBuffer(options.library.backend.capacity(rows: wanted.count) * size)
        try pass.unembed(LogitRows(wanted)) { $0.store(output, width: size) }
        let start = slot.rows.lowerBound
        result.append(
          Logits(
            positions: wanted.lowerBound - start..<wanted.upperBound - start, vocabularySize: size,
            values: Array(UnsafeBufferPointer(start: output.pointer, count: wanted.count * size))))
      }
    }
    try sweep(texts, options, &observer, afterWave: append)
    return result
  }

  /// Runs all blocks on `texts` and returns each text's logits.
  /// - Throws: ``RunError`` before any computation.
  public func logits(
    of texts: [[TokenID]], at positions: LogitPositions = .last, options: RunOptions = RunOptions()
  ) throws -> [Logits] {
    var nobody = NoObserver()
    return try logits(of: texts, at: positions, options: options, observer: &nobody)
  }

  /// Runs only the first `blocks` blocks, to measure their time.
  package func run(
    _ texts: [[TokenID]], blocks: Int, options: RunOptions, observer: inout some LayerObserver
  ) throws -> RunTiming {
    try sweep(texts, options, blocks: blocks, &observer)
  }

  /// Runs texts through the blocks, wave by wave.
  /// - Parameter afterWave: called after the last block; the pass then holds the final stream.
  @discardableResult
  func sweep(
    _ texts: [[TokenID]], _ options: RunOptions, blocks: Int? = nil, _ observer: inout some LayerObserver,
    progress: ((RunProgress) throws -> Void)? = nil,
    afterWave: (_ pass: ForwardPass, _ batch: PackedBatch) throws -> Void = { _, _ in }
  ) throws -> RunTiming {
    try check(options)
    for (text, tokens) in texts.enumerated() { try check(tokens, text: text) }
    let options = try fitted(options, texts.map(\.count))
    let batches = BatchLayout.plan(texts.map(\.count), options)
    guard let rows = batches.map(\.rows).max(), let longest = batches.map(\.longest).max() else {
      return RunTiming(threads: options.threads)
    }
    let layers = 0..<min(blocks ?? spec.layerCount, spec.layerCount)
    let pass = ForwardPass(spec, weights, options, .sweep, rows: rows)
    pass.reserve(positions: longest, tokens: longest)
    let work = texts.reduce(0) { $0 + $1.count } * layers.count
    var done = 0
    try BLAS.alone {
      try pass.run(
        batches, texts.enumerated().map { SequenceSlice(text: $0, tokens: $1) }, blocks: layers, &observer
      ) { number, batch, layer in
        done += batch.tokens
        try progress?(
          RunProgress(
            wave: number, waveCount: batches.count, layer: layer, layerCount: layers.count,
            fraction: Double(done) / Double(work)))
      } afterBatch: {
        try afterWave(pass, $0)
      }
    }
    return pass.timing
  }

  /// Throws for options that are invalid, or that this build or processor does not support.
  func check(_ options: RunOptions) throws(RunError) {
    guard (1...1024).contains(options.threads) else {
      throw .option("threads", expected: "1 to 1024", found: options.threads)
    }
    guard options.waveTokens >= 1 else {
      throw .option("waveTokens", expected: "at least 1", found: options.waveTokens)
    }
    if let limit = options.memoryLimit, limit < 1 {
      throw .option("memoryLimit", expected: "at least 1", found: limit)
    }
    if let reason = options.precision.unavailableReason {
      throw .precisionUnavailable(options.precision, reason: reason)
    }
  }

  /// Throws for tokens that cannot follow `start` other tokens of their text.
  func check(_ tokens: [TokenID], text: Int, after start: Int = 0) throws(RunError) {
    if tokens.isEmpty { throw .emptyText(text) }
    let (count, limit) = (start + tokens.count, spec.maximumPositions)
    if count > limit { throw .textTooLong(text, tokens: count, limit: limit) }
    for (place, token) in tokens.enumerated() where !(0..<spec.vocabularySize).contains(Int(token)) {
      throw .unknownToken(
        text: text, position: start + place, token: token, vocabularySize: spec.vocabularySize)
    }
  }
}

extension LlamaModel {
  /// Bytes of weights read by a step of decoding.
  package var decodingBytes: Int { weights.byteCount }

  /// Releases the pages of all weights, which a session leaves mapped.
  package func releaseWeights() { weights.release() }
}

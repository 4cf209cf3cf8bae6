import Foundations

/// Autoregressive decoding of several sequences at once, with the blocks and kernels of the sweep.
///
/// ```swift
/// let session = try DecodingSession(model)
/// var logits = try session.prefill([tokenizer.encode("Once upon a time")])
/// while !isDone(logits) {
///   logits = try session.decode(logits.map { choose($0.values) })
/// }
/// ```
///
/// Keys and values of processed tokens are cached, so that a step computes one token of each sequence. The cache grows
/// as needed, up to the model's `max_position_embeddings`; it takes `8 · keyValueHeadCount · headDimension` bytes per
/// token and block, up to twice that with reserved capacity. From the first step on all weights stay mapped: resident
/// memory is the size of the model plus the caches, whatever the number of sequences.
///
/// Results of a sequence are bit-identical whatever the other sequences and the number of threads. Prompts use the
/// precision of the options; steps are computed in float32 from the weights as stored, because they are limited by
/// memory bandwidth. Not thread-safe.
public final class DecodingSession {
  public let model: LlamaModel
  private let options: RunOptions
  /// The active sequences.
  private var active: [(sequence: Int, cache: KeyValueCache)] = []
  private var nextSequence = 0
  private var step: ForwardPass
  /// Number of rows allocated for a step.
  private var capacity: Int
  /// `[capacity, vocabularySize]`.
  private var logits: FloatBuffer
  private var isPagedIn = false

  /// Creates a session without sequences.
  /// - Parameters:
  ///   - model: the model to decode with, which is retained.
  ///   - options: `precision`, `waveTokens` and `memoryLimit` apply to prompts; the limit excludes weights and caches.
  /// - Throws: ``RunError/precisionUnavailable(_:reason:)``.
  public init(_ model: LlamaModel, options: RunOptions = RunOptions()) throws(RunError) {
    try model.check(options)
    self.model = model
    self.options = options
    capacity = 1
    step = ForwardPass(model.spec, model.weights, options, .step, rows: 1)
    logits = FloatBuffer(model.spec.vocabularySize)
  }

  /// Indices of the active sequences, ascending. Sequences are numbered from 0 in the order of their prompts.
  public var sequences: [Int] { active.map(\.sequence) }

  /// Returns the number of tokens processed; nil if there is no such active sequence.
  public func length(of sequence: Int) -> Int? { active.first { $0.sequence == sequence }?.cache.length }

  /// Ends a sequence and frees the memory of its keys and values.
  /// - Throws: ``RunError/unknownSequence(_:)``.
  public func finish(_ sequence: Int) throws(RunError) {
    guard let place = active.firstIndex(where: { $0.sequence == sequence }) else { throw .unknownSequence(sequence) }
    active.remove(at: place)
  }

  /// Starts a sequence for each prompt.
  ///
  /// - Parameters:
  ///   - prompts: token ids, including a BOS token if the model expects one.
  ///   - observer: called as in a sweep; `text` is the sequence's index.
  /// - Returns: the logits after each prompt's last token.
  /// - Throws: ``RunError`` before any computation, or an error of the observer. No sequence is started then.
  @discardableResult
  public func prefill(
    _ prompts: [[TokenID]], observer: inout some LayerObserver
  ) throws -> [LlamaModel.Logits] {
    for (index, prompt) in prompts.enumerated() { try model.check(prompt, text: nextSequence + index) }
    let slices = prompts.enumerated().map { index, prompt in
      SequenceSlice(text: nextSequence + index, tokens: prompt, cache: KeyValueCache(model.spec))
    }
    makeRoom(active.count + prompts.count)
    let result = try run(slices, &observer)
    for slice in slices {
      if let cache = slice.cache { active.append((slice.text, cache)) }
    }
    nextSequence += prompts.count
    return result
  }

  /// Appends several tokens to a sequence at once, computed like a prompt.
  ///
  /// - Parameters:
  ///   - sequence: one of ``sequences``.
  ///   - tokens: token ids, at least one.
  ///   - observer: called once per block with the positions of these tokens.
  /// - Returns: the logits after the last token.
  /// - Throws: ``RunError`` before any computation, or an error of the observer; the sequence is then unchanged.
  @discardableResult
  public func extend(
    _ sequence: Int, by tokens: [TokenID], observer: inout some LayerObserver
  ) throws -> LlamaModel.Logits {
    guard let cache = active.first(where: { $0.sequence == sequence })?.cache else {
      throw RunError.unknownSequence(sequence)
    }
    try model.check(tokens, text: sequence, after: cache.length)
    let result = try run([SequenceSlice(text: sequence, tokens: tokens, cache: cache)], &observer)
    return result[0]
  }

  /// Appends one token to every active sequence.
  ///
  /// - Parameters:
  ///   - tokens: one for each of ``sequences``, in their order.
  ///   - observer: called once per block and sequence, its position `n..<n + 1`.
  /// - Returns: the logits after each of the tokens.
  /// - Throws: ``RunError`` before any computation, ``RunError/textTooLong(_:tokens:limit:)`` if a sequence has the
  ///   model's maximum length, or an error of the observer; the sequences are then unchanged.
  @discardableResult
  public func decode(_ tokens: [TokenID], observer: inout some LayerObserver) throws -> [LlamaModel.Logits] {
    guard tokens.count == active.count else {
      throw RunError.stepTokens(expected: active.count, found: tokens.count)
    }
    let slices = zip(active, tokens).map { SequenceSlice(text: $0.sequence, tokens: [$1], cache: $0.cache) }
    for slice in slices { try model.check(slice.tokens, text: slice.text, after: slice.start) }
    if slices.isEmpty { return [] }
    reserve(slices)
    try pageIn()
    try step.run([.step(slices.count)], slices, blocks: model.spec.blocks.indices, &observer)
    return try logitsAfterLastTokens(slices)
  }

  /// Runs slices through the blocks as a sweep does.
  private func run(
    _ slices: [SequenceSlice], _ observer: inout some LayerObserver
  ) throws -> [LlamaModel.Logits] {
    let lengths = slices.map(\.tokens.count)
    let options = try model.fitted(options, lengths)
    let batches = BatchLayout.plan(lengths, options)
    guard let rows = batches.map(\.rows).max(), let longest = lengths.max() else { return [] }
    reserve(slices)
    let pass = ForwardPass(model.spec, model.weights, options, .prefill, rows: rows, rotary: step.rotary)
    pass.reserve(positions: slices.map(\.positions.upperBound).max() ?? 0, tokens: longest)
    try BLAS.alone {
      try pass.run(
        batches, slices, blocks: model.spec.blocks.indices, &observer,
        afterBatch: { step.copyLastRows(of: $0, in: pass) })
    }
    return try logitsAfterLastTokens(slices)
  }

  /// Returns the logits after each slice, given the streams after the last block in the rows of the step; the caches
  /// then include the slices.
  private func logitsAfterLastTokens(_ slices: [SequenceSlice]) throws -> [LlamaModel.Logits] {
    let size = model.spec.vocabularySize
    let output = logits
    try step.unembed(LogitRows(0..<slices.count)) { $0.store(output, width: size) }
    return slices.enumerated().map { row, slice in
      let end = slice.positions.upperBound
      let values = Array(UnsafeBufferPointer(start: output.pointer + row * size, count: size))
      slice.cache?.advance(by: slice.tokens.count)
      return LlamaModel.Logits(positions: end - 1..<end, vocabularySize: size, values: values)
    }
  }

  private func reserve(_ slices: [SequenceSlice]) {
    for slice in slices { slice.cache?.reserve(slice.positions.upperBound) }
    // Uses the capacity of the longest cache, so that this rarely has to grow anything.
    let positions = slices.compactMap(\.cache?.capacity).max() ?? 0
    step.reserve(positions: positions, tokens: model.spec.blocks.map(\.attention.queryGroupSize).max() ?? 1)
  }

  private func makeRoom(_ rows: Int) {
    guard rows > capacity else { return }
    capacity = max(rows, 2 * capacity)
    step = ForwardPass(model.spec, model.weights, options, .step, rows: capacity, rotary: step.rotary)
    logits = FloatBuffer(capacity * model.spec.vocabularySize)
  }

  /// Maps all weights, unless they exceed memory: then pages are loaded and evicted on demand.
  private func pageIn() throws(FileError) {
    if isPagedIn { return }
    if model.weights.byteCount <= SystemMemory.available { try model.weights.pageIn(Workers(options.threads)) }
    isPagedIn = true
  }
}

extension DecodingSession {
  /// ``prefill(_:observer:)`` without an observer.
  @discardableResult
  public func prefill(_ prompts: [[TokenID]]) throws -> [LlamaModel.Logits] {
    var nobody = NoObserver()
    return try prefill(prompts, observer: &nobody)
  }

  /// ``extend(_:by:observer:)`` without an observer.
  @discardableResult
  public func extend(_ sequence: Int, by tokens: [TokenID]) throws -> LlamaModel.Logits {
    var nobody = NoObserver()
    return try extend(sequence, by: tokens, observer: &nobody)
  }

  /// ``decode(_:observer:)`` without an observer.
  @discardableResult
  public func decode(_ tokens: [TokenID]) throws -> [LlamaModel.Logits] {
    var nobody = NoObserver()
    return try decode(tokens, observer: &nobody)
  }
}

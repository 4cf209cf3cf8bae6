import Dispatch
import Foundations

/// A forward pass: batches of sequences go through block 0, then block 1, and so on. A batch holds whole texts in a
/// sweep, prompts that fill their caches, or one token of each sequence in a step of decoding.
///
/// Every weight is read once per batch. In a sweep only one block's weights need to be in memory: the next block's are
/// prefetched during computation, and the pages of a weight are released after its product.
final class ForwardPass {
  /// The purpose of a pass, which decides how weights are read and kept.
  enum Purpose {
    /// Texts that are processed once: weights are released.
    case sweep
    /// Prompts of sequences that will be continued: weights stay mapped.
    case prefill
    /// One token of each sequence: weights stay mapped and are read as stored.
    case step
  }

  let spec: ModelSpec
  let weights: ModelWeights
  private let purpose: Purpose
  let workers: Workers
  let layers: any LinearBackend
  let attention: Attention
  let clock: PhaseClock
  private(set) var rotary: RotaryTables
  var buffers: ActivationBuffers
  /// `[widest row]` per worker.
  private let rowScratch: [FloatBuffer]
  /// Queue for prefetching, which may block on the disk.
  private let reader: DispatchQueue

  /// - Parameters:
  ///   - rows: number of rows of the largest batch.
  ///   - rotary: existing tables of the model, extended as needed.
  init(
    _ spec: ModelSpec, _ weights: ModelWeights, _ options: RunOptions, _ purpose: Purpose, rows: Int,
    rotary: RotaryTables? = nil
  ) {
    self.spec = spec
    self.weights = weights
    self.purpose = purpose
    let isStep = purpose == .step
    workers = Workers(options.threads, keepsThreadsSpinning: isStep)
    clock = PhaseClock(workers: workers.count)
    let width = spec.widest.input
    layers =
      isStep
      ? DecodeLinear(workers, rows: rows, columns: width, clock)
      : BatchLinear(workers, options, rows: rows, columns: width, releasesPages: purpose == .sweep, clock)
    attention = Attention(workers, spec, options.library.backend, isStep: isStep, clock)
    self.rotary = rotary ?? RotaryTables(spec)
    buffers = ActivationBuffers(spec, options, rows: rows, isStep: isStep)
    rowScratch = (0..<workers.count).map { _ in FloatBuffer(max(spec.hiddenSize, spec.widest.query)) }
    reader = DispatchQueue(label: "weights")
  }

  /// A pass with other weights, and buffers of its own for activations. It shares everything else with `pass`, such as
  /// the threads' scratch memory: the two never compute at the same time.
  ///
  /// - Parameters:
  ///   - pass: pass for which space has been reserved.
  ///   - weights: weights of the same shapes.
  ///   - options: those of `pass`.
  ///   - rows: number of rows of the largest batch, at most that of `pass`.
  init(like pass: ForwardPass, _ weights: ModelWeights, _ options: RunOptions, rows: Int) {
    (spec, self.weights, purpose) = (pass.spec, weights, pass.purpose)
    (workers, layers, attention, clock) = (pass.workers, pass.layers, pass.attention, pass.clock)
    (rotary, rowScratch, reader) = (pass.rotary, pass.rowScratch, pass.reader)
    buffers = ActivationBuffers(pass.spec, options, rows: rows, isStep: pass.purpose == .step)
  }

  /// Reserves space for slices of up to `tokens` tokens that end before position `positions`.
  func reserve(positions: Int, tokens: Int) {
    rotary.extend(to: positions)
    attention.reserve(longest: positions, queries: tokens)
  }

  /// Returns the bytes that a pass takes, without the pages of weights.
  static func byteCount(_ spec: ModelSpec, _ options: RunOptions, rows: Int, longest: Int) -> Int {
    ActivationBuffers.rowBytes(spec, options.precision) * options.library.backend.capacity(rows: rows)
      + BatchLinear.byteCount(options, rows: rows, columns: spec.widest.input)
      + Attention.byteCount(spec, threads: options.threads, longest: longest)
      + RotaryTables.byteCount(spec, positions: longest)
  }

  /// Time spent by the workers so far, by phase.
  var timing: RunTiming { clock.timing }

  /// Runs batches through blocks, one after the other: the single driver of sweeps, prompts and steps of decoding.
  ///
  /// - Parameters:
  ///   - batches: layouts of the batches.
  ///   - slices: the sequences that the layouts index.
  ///   - blocks: the blocks to run, beginning with block 0.
  ///   - observer: called for every block whose sites it requests.
  ///   - afterBlock: called after a block has been computed and observed.
  ///   - afterBatch: called after the last block; the pass then holds the final stream.
  /// - Throws: ``FileError`` if a file of the model has become shorter or cannot be read, ``RunError`` if a product is
  ///   refused, `CancellationError` if the task is cancelled, or any error of the observer and the callbacks. Results
  ///   of a block whose weights were truncated are never passed to the observer.
  func run(
    _ batches: [BatchLayout], _ slices: [SequenceSlice], blocks: Range<Int>, _ observer: inout some LayerObserver,
    afterBlock: (_ number: Int, _ batch: PackedBatch, _ layer: Int) throws -> Void = { _, _, _ in },
    afterBatch: (_ batch: PackedBatch) throws -> Void = { _ in }
  ) throws {
    for (number, layout) in batches.enumerated() {
      let batch = PackedBatch(layout, slices)
      try embed(batch)
      for layer in blocks {
        try Task.checkCancellation()
        // After the last block the next batch starts at the first block.
        let hasNextBatch = number + 1 < batches.count
        readAhead(layer + 1 < blocks.upperBound ? layer + 1 : hasNextBatch ? blocks.lowerBound : nil)
        let sites = observer.sites(at: layer)
        try block(layer, batch, sites)
        // For an unobserved step the single check after the unembedding is sufficient, because a step is short.
        if purpose != .step || !sites.isEmpty { try weights.check() }
        if !sites.isEmpty {
          try observer.observe(batch: traces(layer, batch, sites))
        }
        steer(layer, batch)
        buffers.swapStreams()
        try afterBlock(number, batch, layer)
      }
      try afterBatch(batch)
    }
  }

  /// Returns the sites of a block that has just been computed, for the observer.
  func traces(_ layer: Int, _ batch: PackedBatch, _ sites: LayerSites) -> BatchTraces {
    let (slots, buffers, hidden) = (batch.slots, buffers, spec.hiddenSize)
    return BatchTraces(
      layer: layer, texts: slots.map { .init(text: $0.slice.text, positions: $0.slice.positions) }, workers, clock
    ) { index, body in
      let (slice, rows) = (slots[index].slice, slots[index].rows)
      func span(_ site: LayerSites) -> Range<Int> {
        sites.contains(site) ? rows.lowerBound * hidden..<rows.upperBound * hidden : 0..<0
      }
      let trace = BlockTrace(
        layer: layer, text: slice.text, positions: slice.positions, hiddenSize: hidden,
        residualBefore: buffers.residual.span(span(.residualBefore)),
        attention: buffers.attention.span(span(.attention)), mlp: buffers.mlp.span(span(.mlp)),
        residualAfter: buffers.residualOut.span(span(.residualAfter)))
      try body(trace)
    }
  }

  func readAhead(_ layer: Int?, _ part: BlockUnit.Part = .block) {
    guard purpose != .step, let layer else { return }
    let block = weights.blocks[layer]
    reader.async { block.forEachWeight(of: part) { $0.willNeed() } }
  }

  /// Writes the embedding of every token into the stream.
  func embed(_ batch: PackedBatch) throws {
    let (embedding, multiplier, stream) = (weights.embedding, spec.embeddingMultiplier, buffers.residual)
    let bands = batch.bands(height: 16)
    try workers.forEach(bands.count) { index, worker in
      try clock.time(.vectorLoops, worker) {
        let (slot, tokens) = bands[index]
        for place in tokens {
          let token = Int(slot.slice.tokens[place])
          let row = stream.pointer + (slot.rows.lowerBound + place) * spec.hiddenSize
          try embedding.pageIn(rows: token..<token + 1)
          embedding.withBytes(rows: token..<token + 1) { Widening.widen($0, of: embedding.format, into: row) }
          if multiplier != 1 { for column in 0..<spec.hiddenSize { row[column] *= multiplier } }
        }
        // The kernel maps up to 2 MB around every row that is touched.
        if purpose == .sweep { embedding.release() }
      }
    }
  }

  /// Applies RMSNorm to rows of the stream, whose indices `source` returns; copies them if there is no norm.
  func normalize(
    _ stream: FloatBuffer, _ norm: NormSpec?, _ weight: Weight?, into output: ActivationMatrix, rows: Int,
    source: (_ row: Int) -> Int
  ) throws {
    let hidden = spec.hiddenSize
    let factors = try weight?.factors(norm)
    workers.forEachBand(of: rows) { rows, worker in
      clock.time(.vectorLoops, worker) {
        let scratch = rowScratch[worker].pointer
        for row in rows {
          let values = stream.pointer + source(row) * hidden
          guard let norm, let factors else {
            output.store(values, count: hidden, row: row, column: 0)
            continue
          }
          Normalization.normalize(values, weight: factors, epsilon: norm.epsilon, count: hidden, into: scratch)
          output.store(scratch, count: hidden, row: row, column: 0)
        }
      }
    }
  }

  /// Normalizes whole rows of an output that a sink has stored, and adds them to the stream.
  func addNormalized(_ sink: ResidualSink, _ norm: NormSpec, _ weight: Weight?, _ batch: PackedBatch) throws {
    guard let added = sink.added, let factors = try weight?.factors(norm) else { return }
    let hidden = spec.hiddenSize
    workers.forEachBand(of: batch.rows) { rows, worker in
      clock.time(.vectorLoops, worker) {
        let scratch = rowScratch[worker].pointer
        for row in rows {
          let values = added.pointer + row * hidden
          Normalization.normalize(values, weight: factors, epsilon: norm.epsilon, count: hidden, into: scratch)
          values.update(from: scratch, count: hidden)
          sink.add(normalized: values, row: row)
        }
      }
    }
  }

  /// Normalizes queries and keys, rotates them to their positions, and stores keys and values in the slice's cache, if
  /// any.
  func position(
    _ query: FloatBuffer, _ key: FloatBuffer, _ value: FloatBuffer, _ layer: Int, _ batch: PackedBatch
  ) throws {
    let (attention, table) = (spec.blocks[layer].attention, rotary[layer])
    let norms = try QueryKeyFactors(attention, weights.blocks[layer])
    let bands = batch.bands()
    workers.forEach(bands.count) { index, worker in
      clock.time(.vectorLoops, worker) {
        let (slot, tokens) = bands[index]
        for token in tokens {
          let (row, position) = (slot.rows.lowerBound + token, slot.slice.start + token)
          let queries = query.pointer + row * attention.queryWidth
          let keys = key.pointer + row * attention.keyValueWidth
          norms?.normalize(queries, keys, scratch: rowScratch[worker].pointer)
          table?.rotate(queries, count: attention.headCount, position: position)
          table?.rotate(keys, count: attention.keyValueHeadCount, position: position)
          slot.slice.cache?.store(
            keys, value.pointer + row * attention.keyValueWidth, position: position, layer: layer)
        }
      }
    }
  }

  /// Calls `epilogue` with logits of rows of the last batch, tile by tile: `rows` by columns of the vocabulary. All
  /// logits are computed by this function.
  ///
  /// - Parameter inOrder: true if the tiles of a range of columns come in the order of their rows, on one worker.
  /// - Throws: ``FileError`` if a file of the model has become shorter; the tiles passed to `epilogue` are then
  ///   invalid.
  func unembed(_ rows: LogitRows, inOrder: Bool = false, _ epilogue: @escaping (OutputTile) -> Void) throws {
    try normalize(
      buffers.residual, spec.finalNorm, weights.finalNorm, into: buffers.normed, rows: rows.layout.count,
      source: rows.source)
    let (multiplier, cap) = (spec.logitMultiplier, spec.logitSoftCap)
    let unembedding = ModelWeights.Linear(weight: weights.unembedding, bias: nil)
    let operation = LinearOperation(unembedding, isLarge: true, keepsRowOrder: inOrder, phase: .logits) { tile in
      let count = tile.rows.count * tile.columns.count
      if multiplier != 1 { for index in 0..<count { tile.values[index] *= multiplier } }
      if let cap { SoftCap.apply(cap, tile.values, count: count) }
      epilogue(tile)
    }
    try layers.multiply(buffers.normed, rows.layout, [operation])
    try weights.check()
  }

  /// Copies the last row of each slot of a batch in another pass into this pass's stream, at the row of the sequence's
  /// index.
  func copyLastRows(of batch: PackedBatch, in other: ForwardPass) {
    let hidden = spec.hiddenSize
    for slot in batch.slots {
      (buffers.residual.pointer + slot.index * hidden).update(
        from: other.buffers.residual.pointer + (slot.rows.upperBound - 1) * hidden, count: hidden)
    }
  }
}

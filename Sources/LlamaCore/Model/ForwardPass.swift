import Dispatch

/// A wave of passages goes through block 0, then block 1, and so on: whole texts in a sweep, prompts that fill their
/// caches, or one token of each sequence in a step of decoding.
///
/// Every weight is touched once per wave. In a sweep only one block's weights need to be in memory: the next block's are
/// read ahead while this one computes, and a weight's pages are given back after its product.
struct ForwardPass {
  /// What a pass is for.
  enum Purpose {
    /// Texts that come once: weights are given back.
    case sweep
    /// Tokens of sequences that will go on: weights stay.
    case prefill
    /// One token of each sequence: weights stay, and are read as they are.
    case step
  }

  private let configuration: LlamaConfiguration
  private let weights: LlamaWeights
  private let purpose: Purpose
  private let library: MatrixLibrary
  private let workers: Workers
  private let layers: any LinearLayers
  private var attention: Attention
  private let clock: PhaseClock
  private(set) var rotary: RotaryTable
  private var activations: Activations
  /// `[widest row]` for every worker.
  private let rowScratch: [FloatBuffer]
  /// Reads ahead: the call may wait for the disk.
  private let reader = DispatchQueue(label: "weights")

  /// - Parameters:
  ///   - rows: those of the largest wave.
  ///   - rotary: a table of the model that is known already, to be extended where needed.
  init(
    _ configuration: LlamaConfiguration, _ weights: LlamaWeights, _ options: RunOptions, _ purpose: Purpose, rows: Int,
    rotary: RotaryTable? = nil
  ) {
    self.configuration = configuration
    self.weights = weights
    self.purpose = purpose
    library = options.library
    let isStep = purpose == .step
    workers = Workers(options.threads, isStanding: isStep)
    clock = PhaseClock(workers: workers.count)
    let width = configuration.widestInput
    layers =
      isStep
      ? VectorMatmul(workers, rows: rows, columns: width, clock)
      : Matmul(workers, options, rows: rows, columns: width, clock)
    attention = Attention(workers, configuration, isStep: isStep, clock)
    self.rotary = rotary ?? RotaryTable(configuration.rope, headDimension: configuration.headDimension)
    activations = Activations(configuration, options, rows: rows, isStep: isStep)
    rowScratch = (0..<workers.count).map { _ in FloatBuffer(configuration.hiddenSize) }
  }

  /// Makes room for passages of up to `tokens` tokens that end before position `positions`.
  mutating func reserve(positions: Int, tokens: Int) {
    rotary.extend(to: positions)
    attention.reserve(longest: positions, queries: tokens)
  }

  /// Bytes that a pass takes, beside the pages of weights.
  static func byteCount(_ configuration: LlamaConfiguration, _ options: RunOptions, rows: Int, longest: Int) -> Int {
    Activations.rowBytes(configuration, options.precision) * Matmul.capacity(rows: rows, options.library)
      + Matmul.byteCount(options, rows: rows, columns: configuration.widestInput)
      + Attention.byteCount(configuration, threads: options.threads, longest: longest)
      + 4 * longest * configuration.headDimension
  }

  /// What the workers have spent their time on so far.
  var timing: RunTiming { clock.timing }

  /// Runs blocks on a wave; the stream after the last one is left in place for what follows.
  ///
  /// - Parameters:
  ///   - blocks: which ones, from block 0 on.
  ///   - continues: another wave will follow.
  ///   - show: shows a wave's traces of a block; called where `sites` are wanted.
  ///   - afterBlock: called when a block is done and shown.
  /// - Throws: ``FileError`` where a file of the model has become shorter or cannot be read, ``RunError`` where a product
  ///   is refused, `CancellationError` where the task is cancelled, or what `show` throws. What a block made of weights that are no longer there is never shown.
  mutating func run(
    _ wave: Wave, _ passages: [Passage], blocks: Range<Int>, continues: Bool, sites: (_ layer: Int) -> LayerSites,
    show: (Traces) throws -> Void, afterBlock: (_ layer: Int) throws -> Void = { _ in }
  ) throws {
    try embed(wave, passages)
    for layer in blocks {
      try Task.checkCancellation()
      let wanted = sites(layer)
      // After the last block the next wave begins anew.
      let next = layer + 1 < blocks.upperBound ? layer + 1 : continues ? blocks.lowerBound : nil
      if purpose != .step, let next {
        let weights = weights.blocks[next]
        reader.async { weights.forEachWeight { $0.willNeed() } }
      }
      try run(layer, wave, passages, wanted)
      // For a step that nobody observes once is enough, behind the unembedding: it is short.
      if purpose != .step || !wanted.isEmpty { try weights.check() }
      if !wanted.isEmpty {
        try show(
          Traces(
            layer: layer, sites: wanted, wave, passages, configuration.hiddenSize, activations, workers, clock))
      }
      swap(&activations.residual, &activations.next)
      try afterBlock(layer)
    }
  }

  private func embed(_ wave: Wave, _ passages: [Passage]) throws {
    let bands = wave.bands(height: 16)
    try workers.forEach(bands.count) { index, worker in
      try clock.time(.vectorLoops, worker) {
        let (slot, tokens) = bands[index]
        for place in tokens {
          let token = Int(passages[slot.passage].tokens[place])
          let row = activations.residual.pointer + (slot.rows.lowerBound + place) * configuration.hiddenSize
          try weights.embedding.pageIn(rows: token..<token + 1)
          weights.embedding.withBytes(rows: token..<token + 1) { bytes in
            Widening.widen(bytes, of: weights.embedding.type, into: row)
          }
        }
        // For every row that is touched the kernel maps up to 2 MB around it.
        if purpose == .sweep { weights.embedding.release() }
      }
    }
  }

  /// One block: `Y = X + A + M`, with `A = attention(norm(X))` and `M = mlp(norm(X + A))`.
  private func run(_ layer: Int, _ wave: Wave, _ passages: [Passage], _ sites: LayerSites) throws {
    let block = weights.blocks[layer]
    let rows = Matmul.Rows(count: wave.rows, texts: wave.slots.map(\.rows))

    try normalize(activations.residual, block.attentionNorm, rows: wave.rows)
    try layers.multiply(
      activations.normed, rows,
      [
        store(block.query, activations.query, configuration.queryWidth),
        store(block.key, activations.key, configuration.keyValueWidth),
        store(block.value, activations.value, configuration.keyValueWidth),
      ])
    release(block.query, block.key, block.value)
    rotate(wave, passages, layer: layer)
    attend(wave, passages, layer: layer)
    let attentionOutput = sites.contains(.attention) ? activations.attention : nil
    try layers.multiply(
      activations.heads, rows, [add(block.output, to: activations.residual, keeping: attentionOutput)])
    release(block.output)

    try normalize(activations.next, block.mlpNorm, rows: wave.rows)
    try layers.multiplyGated(activations.normed, rows, gate: block.gate, up: block.up, into: activations.gated)
    release(block.gate, block.up)
    let mlpOutput = sites.contains(.mlp) ? activations.mlp : nil
    try layers.multiply(activations.gated, rows, [add(block.down, to: activations.next, keeping: mlpOutput)])
    release(block.down)
  }

  private func attend(_ wave: Wave, _ passages: [Passage], layer: Int) {
    switch purpose {
    case .sweep, .prefill: attention.mix(activations, wave, passages, layer: layer)
    case .step: attention.mixStep(activations, wave, passages, layer: layer)
    }
  }

  /// Gives pages back where they will not be needed soon.
  private func release(_ projections: LlamaWeights.Projection...) {
    guard purpose == .sweep else { return }
    for projection in projections { projection.release() }
  }

  private func normalize(_ stream: FloatBuffer, _ weight: Weight, rows: Int) throws {
    let hidden = configuration.hiddenSize
    let factors = try weight.floats()
    workers.forEachBand(of: rows) { rows, worker in
      clock.time(.vectorLoops, worker) {
        let scratch = rowScratch[worker].pointer
        for row in rows {
          Normalization.normalize(
            stream.pointer + row * hidden, weight: factors, epsilon: configuration.normEpsilon, count: hidden,
            into: scratch)
          activations.normed.store(scratch, count: hidden, row: row, column: 0)
        }
      }
    }
  }

  /// A product that is kept as it is.
  private func store(_ projection: LlamaWeights.Projection, _ output: FloatBuffer, _ width: Int) -> Matmul.Job {
    Matmul.Job(projection: projection) { $0.store(output, width: width) }
  }

  /// A product that is added to a stream, `next = stream + product`, and kept where someone wants to see it.
  private func add(
    _ projection: LlamaWeights.Projection, to stream: FloatBuffer, keeping output: FloatBuffer?
  ) -> Matmul.Job {
    let (width, next) = (configuration.hiddenSize, activations.next)
    return Matmul.Job(projection: projection) { tile in
      if let output { tile.store(output, width: width) }
      for row in tile.rows {
        let offset = row * width + tile.columns.lowerBound
        let (values, stream, next) = (tile.row(row), stream.pointer + offset, next.pointer + offset)
        for column in 0..<tile.columns.count { next[column] = stream[column] + values[column] }
      }
    }
  }

  /// Rotates queries and keys to their positions, and stores keys and values in the cache of a passage that has one.
  private func rotate(_ wave: Wave, _ passages: [Passage], layer: Int) {
    let bands = wave.bands()
    workers.forEach(bands.count) { index, worker in
      clock.time(.vectorLoops, worker) {
        let (slot, tokens) = bands[index]
        let passage = passages[slot.passage]
        for token in tokens {
          let (row, position) = (slot.rows.lowerBound + token, passage.start + token)
          let key = activations.key.pointer + row * configuration.keyValueWidth
          rotary.rotate(
            activations.query.pointer + row * configuration.queryWidth, count: configuration.headCount,
            position: position)
          rotary.rotate(key, count: configuration.keyValueHeadCount, position: position)
          passage.cache?.store(
            key, activations.value.pointer + row * configuration.keyValueWidth, position: position, layer: layer)
        }
      }
    }
  }

  /// Calls `finish` with the logits of the wave's last run, tile by tile: rows of the wave by columns of the vocabulary.
  ///
  /// - Throws: ``FileError`` where a file of the model has become shorter: what `finish` was given is then worth nothing.
  func unembed(_ wave: Wave, _ finish: @escaping (Matmul.Tile) -> Void) throws {
    try normalize(activations.residual, weights.finalNorm, rows: wave.rows)
    let unembedding = LlamaWeights.Projection(weight: weights.unembedding, bias: nil)
    try layers.multiply(
      activations.normed, Matmul.Rows(count: wave.rows, texts: wave.slots.map(\.rows)),
      [Matmul.Job(projection: unembedding, isGivenBack: purpose == .sweep, finish: finish)])
    release(unembedding)
    try weights.check()
  }

  /// Logits of the wave's last run at some of a passage's tokens: `[tokens.count, vocabularySize]`.
  func logits(of slot: Wave.Slot, tokens: Range<Int>) throws -> [Float] {
    let hidden = configuration.hiddenSize
    let size = configuration.vocabularySize
    let norm = try weights.finalNorm.floats()
    let scratch = rowScratch[0].pointer
    for (row, token) in tokens.enumerated() {
      Normalization.normalize(
        activations.residual.pointer + (slot.rows.lowerBound + token) * hidden, weight: norm,
        epsilon: configuration.normEpsilon, count: hidden, into: scratch)
      activations.normed.store(scratch, count: hidden, row: row, column: 0)
    }
    let output = FloatBuffer(Matmul.capacity(rows: tokens.count, library) * size)
    let unembedding = LlamaWeights.Projection(weight: weights.unembedding, bias: nil)
    try layers.multiply(
      activations.normed, Matmul.Rows(count: tokens.count, texts: [0..<tokens.count]),
      [store(unembedding, output, size)])
    try weights.check()
    return Array(UnsafeBufferPointer(start: output.pointer, count: tokens.count * size))
  }

  /// Puts the last row of each of another pass's slots into this one's stream, in the row of the slot's passage.
  func adoptEnds(of wave: Wave, _ other: ForwardPass) {
    let hidden = configuration.hiddenSize
    for slot in wave.slots {
      (activations.residual.pointer + slot.passage * hidden).update(
        from: other.activations.residual.pointer + (slot.rows.upperBound - 1) * hidden, count: hidden)
    }
  }
}

extension LlamaConfiguration {
  /// Elements of the widest input of any weight.
  var widestInput: Int { max(hiddenSize, intermediateSize, queryWidth) }
}

extension LlamaWeights.Projection {
  /// Gives the pages back.
  func release() {
    weight.release()
    bias?.release()
  }
}

extension LlamaWeights.Block {
  /// Calls `body` with every weight and bias of the block.
  func forEachWeight<Failure: Error>(_ body: (Weight) throws(Failure) -> Void) throws(Failure) {
    try body(attentionNorm)
    try body(mlpNorm)
    for projection in [query, key, value, output, gate, up, down] {
      try body(projection.weight)
      if let bias = projection.bias { try body(bias) }
    }
  }
}

import Dispatch

/// The layer sweep: a wave of texts goes through block 0, then block 1, and so on.
///
/// Every weight is touched once per wave, and only one block's weights need to be in memory: the next block's are
/// read ahead while this one computes, and a weight's pages are given back after its product.
struct ForwardPass {
  private let configuration: LlamaConfiguration
  private let weights: LlamaWeights
  private let workers: Workers
  private let matmul: Matmul
  private let attention: Attention
  private let clock: PhaseClock
  private var rotary: RotaryTable
  private var activations: Activations
  /// `[widest row]` for every worker.
  private let rowScratch: [FloatBuffer]
  /// Reads ahead: the call may wait for the disk.
  private let reader = DispatchQueue(label: "weights")

  /// - Parameters:
  ///   - rows: tokens of the largest wave.
  ///   - longest: tokens of the longest text.
  init(_ configuration: LlamaConfiguration, _ weights: LlamaWeights, _ options: RunOptions, rows: Int, longest: Int) {
    self.configuration = configuration
    self.weights = weights
    workers = Workers(options.threads)
    clock = PhaseClock(workers: workers.count)
    matmul = Matmul(workers, options, rows: rows, columns: configuration.widestInput, clock)
    attention = Attention(workers, configuration, longest: longest, clock)
    rotary = RotaryTable(configuration.rope, headDimension: configuration.headDimension)
    rotary.extend(to: longest)
    activations = Activations(configuration, options.precision, rows: rows)
    rowScratch = (0..<workers.count).map { _ in FloatBuffer(configuration.hiddenSize) }
  }

  /// Bytes that a pass takes, beside the pages of weights.
  static func byteCount(_ configuration: LlamaConfiguration, _ options: RunOptions, rows: Int, longest: Int) -> Int {
    Activations.rowBytes(configuration, options.precision) * Matmul.capacity(rows: rows)
      + Matmul.byteCount(options, rows: rows, columns: configuration.widestInput)
      + Attention.byteCount(configuration, threads: options.threads, longest: longest)
      + 4 * longest * configuration.headDimension
  }

  /// What the workers have spent their time on so far.
  var timing: RunTiming { clock.timing }

  /// Runs blocks on a wave; the stream after the last one is left in place for ``logits(of:)``.
  ///
  /// - Parameters:
  ///   - blocks: which ones, from block 0 on.
  ///   - continues: another wave will follow.
  ///   - show: shows a wave's traces of a block; called where `sites` are wanted.
  /// - Throws: ``FileError`` where a file of the model has become shorter or cannot be read, ``RunError`` where a product
  ///   is refused, or what `show` throws. What a block made of weights that are no longer there is never shown.
  mutating func run(
    _ wave: Wave, _ texts: [[TokenID]], blocks: Range<Int>, continues: Bool, sites: (_ layer: Int) -> LayerSites,
    show: (Traces) throws -> Void
  ) throws {
    try embed(wave, texts)
    for layer in blocks {
      let wanted = sites(layer)
      // After the last block the next wave begins anew.
      let next = layer + 1 < blocks.upperBound ? layer + 1 : continues ? blocks.lowerBound : nil
      if let next {
        let weights = weights.blocks[next]
        reader.async { weights.forEachWeight { $0.willNeed() } }
      }
      try run(weights.blocks[layer], wave, wanted)
      try weights.check(layer)
      if !wanted.isEmpty {
        try show(Traces(layer: layer, sites: wanted, wave: wave, configuration.hiddenSize, activations, workers, clock))
      }
      swap(&activations.residual, &activations.next)
    }
  }

  private func embed(_ wave: Wave, _ texts: [[TokenID]]) throws {
    let bands = wave.bands(height: 16)
    try workers.forEach(bands.count) { index, worker in
      try clock.time(.vectorLoops, worker) {
        let (slot, positions) = bands[index]
        for position in positions {
          let token = Int(texts[slot.text][position])
          let row = activations.residual.pointer + (slot.rows.lowerBound + position) * configuration.hiddenSize
          try weights.embedding.pageIn(rows: token..<token + 1)
          weights.embedding.withBytes(rows: token..<token + 1) { bytes in
            Widening.widen(bytes, of: weights.embedding.type, into: row)
          }
        }
        // For every row that is touched the kernel maps up to 2 MB around it.
        weights.embedding.release()
      }
    }
  }

  /// One block: `Y = X + A + M`, with `A = attention(norm(X))` and `M = mlp(norm(X + A))`.
  private func run(_ block: LlamaWeights.Block, _ wave: Wave, _ sites: LayerSites) throws {
    let rows = Matmul.Rows(count: wave.rows, texts: wave.slots.map(\.rows))

    try normalize(activations.residual, block.attentionNorm, rows: wave.rows)
    try matmul.multiply(
      activations.normed, rows,
      [
        store(block.query, activations.query, configuration.queryWidth),
        store(block.key, activations.key, configuration.keyValueWidth),
        store(block.value, activations.value, configuration.keyValueWidth),
      ])
    for projection in [block.query, block.key, block.value] { projection.release() }
    rotate(wave)
    attention.mix(activations, wave)
    let attentionOutput = sites.contains(.attention) ? activations.attention : nil
    try matmul.multiply(
      activations.heads, rows, [add(block.output, to: activations.residual, keeping: attentionOutput)])
    block.output.release()

    try normalize(activations.next, block.mlpNorm, rows: wave.rows)
    try matmul.multiplyGated(activations.normed, rows, gate: block.gate, up: block.up, into: activations.gated)
    for projection in [block.gate, block.up] { projection.release() }
    let mlpOutput = sites.contains(.mlp) ? activations.mlp : nil
    try matmul.multiply(activations.gated, rows, [add(block.down, to: activations.next, keeping: mlpOutput)])
    block.down.release()
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

  private func rotate(_ wave: Wave) {
    let bands = wave.bands()
    workers.forEach(bands.count) { index, worker in
      clock.time(.vectorLoops, worker) {
        let (slot, positions) = bands[index]
        for position in positions {
          let row = slot.rows.lowerBound + position
          rotary.rotate(
            activations.query.pointer + row * configuration.queryWidth, count: configuration.headCount,
            position: position)
          rotary.rotate(
            activations.key.pointer + row * configuration.keyValueWidth, count: configuration.keyValueHeadCount,
            position: position)
        }
      }
    }
  }

  /// Logits of the wave's last run at some of a text's positions: `[positions.count, vocabularySize]`.
  func logits(of slot: Wave.Slot, positions: Range<Int>) throws -> [Float] {
    let hidden = configuration.hiddenSize
    let size = configuration.vocabularySize
    let norm = try weights.finalNorm.floats()
    let scratch = rowScratch[0].pointer
    for (row, position) in positions.enumerated() {
      Normalization.normalize(
        activations.residual.pointer + (slot.rows.lowerBound + position) * hidden, weight: norm,
        epsilon: configuration.normEpsilon, count: hidden, into: scratch)
      activations.normed.store(scratch, count: hidden, row: row, column: 0)
    }
    let output = FloatBuffer(Matmul.capacity(rows: positions.count) * size)
    let unembedding = LlamaWeights.Projection(weight: weights.unembedding, bias: nil)
    try matmul.multiply(
      activations.normed, Matmul.Rows(count: positions.count, texts: [0..<positions.count]),
      [store(unembedding, output, size)])
    try weights.finalNorm.check()
    try weights.unembedding.check()
    return Array(UnsafeBufferPointer(start: output.pointer, count: positions.count * size))
  }
}

extension LlamaConfiguration {
  /// Elements of the widest input of any weight.
  var widestInput: Int { max(hiddenSize, intermediateSize, queryWidth) }
}

extension LlamaWeights {
  /// - Throws: ``FileError`` where a file of the block, or of the embedding, has become shorter.
  func check(_ layer: Int) throws(FileError) {
    try embedding.check()
    try blocks[layer].forEachWeight { weight throws(FileError) in try weight.check() }
  }
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

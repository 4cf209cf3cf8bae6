/// The layer sweep: a wave of texts goes through block 0, then block 1, and so on.
///
/// Every weight is touched once per wave, and only one block's weights need to be in memory: the next block's are
/// asked for while this one computes, and this one's pages are given back after it.
struct ForwardPass {
  private let configuration: LlamaConfiguration
  private let weights: LlamaWeights
  private let workers: Workers
  private let matmul: Matmul
  private let attention: Attention
  private var rotary: RotaryTable
  private var activations: Activations

  /// - Parameters:
  ///   - rows: tokens of the largest wave.
  ///   - longest: tokens of the longest text.
  init(_ configuration: LlamaConfiguration, _ weights: LlamaWeights, _ options: RunOptions, rows: Int, longest: Int) {
    self.configuration = configuration
    self.weights = weights
    workers = Workers(options.threads)
    let widest = max(configuration.hiddenSize, configuration.intermediateSize, configuration.queryWidth)
    matmul = Matmul(workers, options, rows: rows, columns: widest)
    attention = Attention(workers, configuration, longest: longest)
    rotary = RotaryTable(configuration.rope, headDimension: configuration.headDimension)
    rotary.extend(to: longest)
    activations = Activations(configuration, rows: rows)
  }

  /// Runs all blocks on a wave; the stream after the last one is left in place for ``logits(of:)``.
  mutating func run(_ wave: Wave, _ texts: [[TokenID]], _ observer: inout some LayerObserver) throws {
    embed(wave, texts)
    for layer in weights.blocks.indices {
      let sites = observer.sites(at: layer)
      if layer + 1 < weights.blocks.count { weights.blocks[layer + 1].forEachWeight { $0.willNeed() } }
      try run(weights.blocks[layer], wave)
      weights.blocks[layer].forEachWeight { $0.release() }
      if !sites.isEmpty { try show(layer, sites, wave, &observer) }
      swap(&activations.residual, &activations.next)
    }
  }

  private func embed(_ wave: Wave, _ texts: [[TokenID]]) {
    workers.forEach(wave.slots.count) { index, _ in
      let slot = wave.slots[index]
      for (position, token) in texts[slot.text].enumerated() {
        let row = activations.residual.pointer + (slot.rows.lowerBound + position) * configuration.hiddenSize
        weights.embedding.withBytes(rows: Int(token)..<Int(token) + 1) { bytes in
          Widening.widen(bytes, of: weights.embedding.type, into: row)
        }
      }
    }
    // The kernel maps sixteen pages for every row that is touched.
    weights.embedding.release()
  }

  /// One block: `Y = X + A + M`, with `A = attention(norm(X))` and `M = mlp(norm(X + A))`.
  private func run(_ block: LlamaWeights.Block, _ wave: Wave) throws(RunError) {
    let texts = wave.slots.map(\.rows)
    let hidden = configuration.hiddenSize
    let epsilon = configuration.normEpsilon

    let attentionNorm = block.attentionNorm.floats()
    workers.forEachBand(of: wave.rows) { rows in
      for row in rows {
        Normalization.normalize(
          activations.residual.pointer + row * hidden, weight: attentionNorm, epsilon: epsilon, count: hidden,
          into: activations.normed.pointer + row * hidden)
      }
      matmul.stage(activations.normed, rows: rows, columns: hidden)
    }
    try matmul.multiply(
      activations.normed, rows: wave.rows, texts: texts,
      [
        .init(projection: block.query, output: activations.query),
        .init(projection: block.key, output: activations.key),
        .init(projection: block.value, output: activations.value),
      ])
    rotate(wave)
    attention.mix(activations, wave)
    workers.forEachBand(of: wave.rows) { rows in
      matmul.stage(activations.heads, rows: rows, columns: configuration.queryWidth)
    }
    try matmul.multiply(
      activations.heads, rows: wave.rows, texts: texts, [.init(projection: block.output, output: activations.attention)]
    )

    let mlpNorm = block.mlpNorm.floats()
    workers.forEachBand(of: wave.rows) { rows in
      for row in rows.lazy.map({ $0 * hidden }) {
        Normalization.addAndNormalize(
          activations.residual.pointer + row, activations.attention.pointer + row, weight: mlpNorm, epsilon: epsilon,
          count: hidden, sum: activations.next.pointer + row, into: activations.normed.pointer + row)
      }
      matmul.stage(activations.normed, rows: rows, columns: hidden)
    }
    try matmul.multiply(
      activations.normed, rows: wave.rows, texts: texts,
      [.init(projection: block.gate, output: activations.gate), .init(projection: block.up, output: activations.up)])
    let inner = configuration.intermediateSize
    workers.forEachBand(of: wave.rows) { rows in
      let start = rows.lowerBound * inner
      Activation.gate(activations.gate.pointer + start, with: activations.up.pointer + start, count: rows.count * inner)
      matmul.stage(activations.gate, rows: rows, columns: inner)
    }
    try matmul.multiply(
      activations.gate, rows: wave.rows, texts: texts, [.init(projection: block.down, output: activations.mlp)])
    workers.forEachBand(of: wave.rows) { rows in
      for index in rows.lowerBound * hidden..<rows.upperBound * hidden {
        activations.next.pointer[index] += activations.mlp.pointer[index]
      }
    }
  }

  private func rotate(_ wave: Wave) {
    workers.forEach(wave.slots.count) { index, _ in
      for (position, row) in wave.slots[index].rows.enumerated() {
        rotary.rotate(
          activations.query.pointer + row * configuration.queryWidth, count: configuration.headCount,
          position: position)
        rotary.rotate(
          activations.key.pointer + row * configuration.keyValueWidth, count: configuration.keyValueHeadCount,
          position: position)
      }
    }
  }

  private func show(
    _ layer: Int, _ sites: LayerSites, _ wave: Wave, _ observer: inout some LayerObserver
  ) throws {
    let hidden = configuration.hiddenSize
    for slot in wave.slots {
      let range = slot.rows.lowerBound * hidden..<slot.rows.upperBound * hidden
      func wanted(_ site: LayerSites) -> Range<Int> { sites.contains(site) ? range : 0..<0 }
      let trace = BlockTrace(
        layer: layer, text: slot.text, positions: 0..<slot.rows.count, hiddenSize: hidden,
        residualBefore: activations.residual.span(wanted(.residualBefore)),
        attention: activations.attention.span(wanted(.attention)), mlp: activations.mlp.span(wanted(.mlp)),
        residualAfter: activations.next.span(wanted(.residualAfter)))
      try observer.observe(trace)
    }
  }

  /// Logits of the wave's last run at some of a text's positions: `[positions.count, vocabularySize]`.
  func logits(of slot: Wave.Slot, positions: Range<Int>) throws(RunError) -> [Float] {
    let hidden = configuration.hiddenSize
    let size = configuration.vocabularySize
    let norm = weights.finalNorm.floats()
    for position in positions {
      let row = (slot.rows.lowerBound + position) * hidden
      Normalization.normalize(
        activations.residual.pointer + row, weight: norm, epsilon: configuration.normEpsilon, count: hidden,
        into: activations.normed.pointer + (position - positions.lowerBound) * hidden)
    }
    matmul.stage(activations.normed, rows: 0..<positions.count, columns: hidden)
    let output = FloatBuffer(Matmul.capacity(rows: positions.count) * size)
    try matmul.multiply(
      activations.normed, rows: positions.count, texts: [0..<positions.count],
      [.init(projection: .init(weight: weights.unembedding, bias: nil), output: output)])
    return Array(UnsafeBufferPointer(start: output.pointer, count: positions.count * size))
  }
}

extension LlamaWeights.Block {
  /// Calls `body` with every weight and bias of the block.
  func forEachWeight(_ body: (Weight) -> Void) {
    body(attentionNorm)
    body(mlpNorm)
    for projection in [query, key, value, output, gate, up, down] {
      body(projection.weight)
      if let bias = projection.bias { body(bias) }
    }
  }
}

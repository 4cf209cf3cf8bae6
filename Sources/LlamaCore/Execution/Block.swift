extension ForwardPass {
  /// One block: `Y = X + A + M`, with `A = attention(norm(X))` and `M = mlp(norm(X + A))` (Touvron et al. 2023, section 2.2).
  ///
  /// What differs between models is in the block's ``BlockSpec``; where something is added to the stream is the
  /// ``ResidualSink``.
  func block(_ layer: Int, _ batch: PackedBatch, _ sites: LayerSites) throws {
    try attend(layer, batch)
    try addAttention(layer, batch, sites)
    try addMLP(layer, batch, sites)
  }

  /// Computes the heads' outputs, `z = softmax(Q·Kᵀ)·V`.
  func attend(_ layer: Int, _ batch: PackedBatch) throws {
    let (spec, w, b) = (spec.blocks[layer], weights.blocks[layer], buffers)
    if factors(.attention, layer, batch).isSkipped { return }
    try normalize(b.residual, spec.preNorm, w.attentionNorm, into: b.normed, batch)
    try linear(b.normed, [w.query: b.query, w.key: b.key, w.value: b.value], batch)
    try position(b.query, b.key, b.value, layer, batch)
    attention.attend(b.query, b.key, b.value, into: b.headOutputs(spec.attention), layer, batch)
    zeroHeads(b.headOutputs(spec.attention), layer, batch)
  }

  /// `X + A`, with `A = output(z)`.
  func addAttention(_ layer: Int, _ batch: PackedBatch, _ sites: LayerSites) throws {
    let (spec, w, b) = (spec.blocks[layer], weights.blocks[layer], buffers)
    let z = b.headOutputs(spec.attention)
    try linear(z, w.output, addedTo: b.residual, into: b.residualOut, .attention, layer, batch, sites)
  }

  /// `Y = X + A + M`, with `M = down(activation(gate) · up)`.
  func addMLP(_ layer: Int, _ batch: PackedBatch, _ sites: LayerSites) throws {
    let (spec, w, b) = (spec.blocks[layer], weights.blocks[layer], buffers)
    let f = b.gated(spec.mlp)
    if !factors(.mlp, layer, batch).isSkipped {
      try normalize(b.residualOut, spec.preNorm, w.mlpNorm, into: b.normed, batch)
      try layers.multiplyGated(b.normed, batch.rowLayout, gate: w.gate, up: w.up, spec.mlp.activation, into: f)
    }
    try linear(f, w.down, addedTo: b.residualOut, into: b.residualOut, .mlp, layer, batch, sites)
  }

  /// Applies RMSNorm row by row; copies the stream if the block has no norm there.
  private func normalize(
    _ stream: FloatBuffer, _ norm: NormSpec?, _ weight: Weight?, into output: ActivationMatrix, _ batch: PackedBatch
  ) throws {
    try normalize(stream, norm, weight, into: output, rows: batch.rows) { $0 }
  }

  /// Applies linear layers that read the same input and stores each output.
  private func linear(
    _ input: ActivationMatrix, _ outputs: KeyValuePairs<ModelWeights.Linear, FloatBuffer>, _ batch: PackedBatch
  ) throws {
    try layers.multiply(input, batch.rowLayout, outputs.map { LinearOperation($0, into: $1) })
  }

  /// Applies a linear layer whose output is added to the stream, and stores the output if the site is observed. A part
  /// that every row skips is not computed.
  private func linear(
    _ input: ActivationMatrix, _ layer: ModelWeights.Linear, addedTo stream: FloatBuffer, into next: FloatBuffer,
    _ site: LayerSites, _ block: Int, _ batch: PackedBatch, _ sites: LayerSites
  ) throws {
    let spec = spec.blocks[block]
    let isWanted = sites.contains(site) || spec.postNorm != nil
    let factors = factors(site, block, batch)
    let sink = ResidualSink(
      stream: stream, next: next, added: isWanted ? site == .attention ? buffers.attention : buffers.mlp : nil,
      storedRows: spec.postNorm == nil ? batch.observedRows : batch.rows, width: self.spec.hiddenSize,
      multiplier: spec.residualMultiplier, hasPostNorm: spec.postNorm != nil,
      factors: factors.ofRows, vectors: factors.vectors)
    if factors.isSkipped { return sink.skip(rows: 0..<batch.rows) }
    try layers.multiply(input, batch.rowLayout, [LinearOperation(layer, epilogue: sink.add)])
    if let norm = spec.postNorm {
      let weights = weights.blocks[block]
      try addNormalized(sink, norm, site == .attention ? weights.attentionPostNorm : weights.mlpPostNorm, batch)
    }
  }
}

import Foundation

/// Run of texts and of their changed copies through the blocks, together: each weight is read once, and what precedes a
/// removal is computed once.
///
/// A changed stream has the bits of a run of the changed model alone, because every loop depends on its row's text only.
struct RemovalPass {
  let pass: ForwardPass
  let layout: RemovalLayout
  /// Sums of the effects on later blocks; nil if they are not wanted.
  let effects: EffectSums?
  /// Parts with the weights of another checkpoint; nil without any.
  let swaps: SwapPass?

  private var buffers: ActivationBuffers { pass.buffers }
  private var width: Int { pass.spec.hiddenSize }

  /// Runs all blocks; the pass then holds the final streams.
  ///
  /// - Parameters:
  ///   - observer: shown the unchanged texts.
  ///   - hasNext: true if weights of the first block will be needed again.
  ///   - afterBlock: called after a block.
  /// - Throws: as `ForwardPass.run`.
  func run(
    _ observer: inout some LayerObserver, hasNext: Bool, afterBlock: (_ layer: Int) throws -> Void
  ) throws {
    let blocks = pass.spec.blocks.indices
    let texts = layout.batch(layout.textCount, observesAll: false)
    try pass.embed(texts)
    var count = layout.textCount
    for layer in blocks {
      try Task.checkCancellation()
      let next = layer + 1 < blocks.upperBound ? layer + 1 : hasNext ? blocks.lowerBound : nil
      pass.readAhead(next)
      swaps?.readAhead(next)
      let sites = observer.sites(at: layer)
      let before = count
      try block(layer, &count, effects == nil ? sites : sites.union([.attention, .mlp]))
      try pass.weights.check()
      try swaps?.check()
      if !sites.isEmpty { try observer.observe(batch: pass.traces(layer, texts, sites)) }
      effects?.add(layer, streams: before, layout, pass)
      pass.steer(layer, layout.batch(count, observesAll: false))
      pass.steer(layer, part(layout.waiting(layer)))
      pass.buffers.swapStreams()
      try afterBlock(layer)
    }
  }

  /// Computes a block, with copies made where a removal or a swap begins.
  private func block(_ layer: Int, _ count: inout Int, _ sites: LayerSites) throws {
    let batch = { (count: Int) in layout.batch(count, observesAll: effects != nil) }
    let spec = pass.spec.blocks[layer]

    try pass.attend(layer, batch(count))
    let heads = layout.born(layer, .heads)
    for slot in heads { copy(slot, from: buffers.residual, to: buffers.residual) }
    copyHeads(heads, buffers.headOutputs(spec.attention))
    count += heads.count
    pass.zeroHeads(buffers.headOutputs(spec.attention), layer, part(heads))

    try pass.addAttention(layer, batch(count), sites)
    let attentions = layout.born(layer, .attention)
    for slot in attentions {
      copy(slot, from: buffers.residual, to: buffers.residualOut)
      addMean(.attention, layer, to: slot)
      copyFirst(slot, buffers.residualOut)
    }
    try swaps?.addAttention(layer)
    count += attentions.count + layout.born(layer, .swappedAttention).count
    try swaps?.addMLP(layer)
    // Their rows lie behind those that the MLP is computed of.
    let mlps = layout.born(layer, .mlp)
    for slot in mlps {
      copy(slot, from: buffers.residualOut, to: buffers.residualOut)
      addMean(.mlp, layer, to: slot)
    }

    try pass.addMLP(layer, batch(count), sites)
    for slot in mlps { copyFirst(slot, buffers.residualOut) }
    let blocks = layout.born(layer, .block)
    for slot in layout.waiting(layer) + blocks { passBy(slot, layer) }
    swaps?.copyOutputs(layer)
    count += mlps.count + blocks.count + layout.born(layer, .swappedMLP).count + layout.born(layer, .swappedBlock).count
  }

  /// Moves a changed stream past a removed block: its own, or the text's in front of the first block.
  ///
  /// Position 0 sees itself alone: if it keeps what removed blocks add, it is that of the text.
  private func passBy(_ slot: Int, _ layer: Int) {
    let isBeginning = layout.begins(slot, at: layer)
    let (from, to) = (layout.slots[isBeginning ? layout.sources[slot] : slot].rows, layout.slots[slot].rows)
    (buffers.residualOut.pointer + to.lowerBound * width).update(
      from: buffers.residual.pointer + from.lowerBound * width, count: from.count * width)
    addMean(.block, layer, to: slot)
    copyFirst(slot, buffers.residualOut)
  }

  /// Adds what a changed stream has in place of a removed part's output, if anything.
  private func addMean(_ part: BlockUnit.Part, _ layer: Int, to slot: Int) {
    guard let vector = layout.slots[slot].means?.vector(part, layer) else { return }
    ResidualSink.steer(buffers.residualOut, by: vector, rows: layout.slots[slot].rows)
  }

  /// Copies the rows of a text to its changed stream.
  private func copy(_ slot: Int, from source: FloatBuffer, to target: FloatBuffer) {
    let (from, to) = (layout.slots[layout.sources[slot]].rows, layout.slots[slot].rows)
    (target.pointer + to.lowerBound * width).update(
      from: source.pointer + from.lowerBound * width, count: from.count * width)
  }

  /// Copies position 0 of a text if the removal keeps what is added to it.
  private func copyFirst(_ slot: Int, _ stream: FloatBuffer) {
    guard layout.slots[slot].removal?.keepsFirst == true else { return }
    let (from, to) = (layout.slots[layout.sources[slot]].rows, layout.slots[slot].rows)
    (stream.pointer + to.lowerBound * width).update(from: stream.pointer + from.lowerBound * width, count: width)
  }

  private func copyHeads(_ slots: Range<Int>, _ outputs: ActivationMatrix) {
    for slot in slots {
      let (from, to) = (layout.slots[layout.sources[slot]].rows, layout.slots[slot].rows)
      for (source, target) in zip(from, to) { outputs.copyRow(source, to: target) }
    }
  }

  /// Returns some streams as a batch.
  private func part(_ slots: some Collection<Int>) -> PackedBatch {
    let rows = slots.reduce(0) { max($0, layout.slots[$1].rows.upperBound) }
    return PackedBatch(slots: slots.map { layout.slots[$0] }, rows: rows, observedRows: 0)
  }
}

/// Blocks, attentions and MLPs computed with another checkpoint's weights, from the texts' own streams: with them changed
/// streams begin. Each weight is read once, however many streams begin with it.
///
/// The rows are the first ones of the layout: those of the texts, and behind them those of as many copies if a block and
/// an MLP of the same place are swapped.
struct SwapPass {
  /// Has the other weights, and activations of its own.
  let pass: ForwardPass
  /// The pass of all streams.
  let main: ForwardPass
  let layout: RemovalLayout

  private var texts: Range<Int> { 0..<layout.textCount }

  /// Prefetches the other weights of a block, as far as they are needed.
  func readAhead(_ layer: Int?) {
    guard let layer else { return }
    var parts: Set<BlockUnit.Part> = []
    if !layout.born(layer, .swappedAttention).isEmpty { parts.insert(.attention) }
    if !layout.born(layer, .swappedMLP).isEmpty { parts.insert(.mlp) }
    if !layout.born(layer, .swappedBlock).isEmpty { parts.insert(.block) }
    if !parts.isEmpty { pass.readAhead(layer, SwapWeights.read(parts)) }
  }

  /// Computes `X + A` with the other attention where it or its block is swapped, and copies it to the streams that
  /// begin with the attention.
  func addAttention(_ layer: Int) throws {
    let attentions = layout.born(layer, .swappedAttention)
    guard !attentions.isEmpty || !layout.born(layer, .swappedBlock).isEmpty else { return }
    for text in texts { copy(text, of: main.buffers.residual, to: text, of: pass.buffers.residual) }
    let batch = layout.batch(layout.textCount, observesAll: false)
    try pass.attend(layer, batch)
    try pass.addAttention(layer, batch, [])
    for slot in attentions {
      copy(layout.sources[slot], of: pass.buffers.residualOut, to: slot, of: main.buffers.residualOut)
    }
  }

  /// Computes `Y` with the other MLP: of swapped blocks from their own `X + A`, of swapped MLPs from the texts'. To be
  /// called behind ``addAttention(_:)``, while the main pass holds `X + A`.
  func addMLP(_ layer: Int) throws {
    let (blocks, mlps) = (layout.born(layer, .swappedBlock), layout.born(layer, .swappedMLP))
    let start = firstOfMLPs(layer)
    if !mlps.isEmpty {
      for text in texts { copy(text, of: main.buffers.residualOut, to: start + text, of: pass.buffers.residualOut) }
    }
    let count = mlps.isEmpty ? blocks.isEmpty ? 0 : layout.textCount : start + layout.textCount
    if count > 0 { try pass.addMLP(layer, layout.batch(count, observesAll: false), []) }
  }

  /// Copies `Y` to the streams that begin behind the block.
  func copyOutputs(_ layer: Int) {
    for (slots, start) in [
      (layout.born(layer, .swappedMLP), firstOfMLPs(layer)), (layout.born(layer, .swappedBlock), 0),
    ] {
      for slot in slots {
        copy(start + layout.sources[slot], of: pass.buffers.residualOut, to: slot, of: main.buffers.residualOut)
      }
    }
  }

  /// Throws if a file of the other checkpoint has become shorter.
  func check() throws { try pass.weights.check() }

  /// Returns the slot whose rows hold the first text's stream of the swapped MLPs.
  private func firstOfMLPs(_ layer: Int) -> Int { layout.born(layer, .swappedBlock).isEmpty ? 0 : layout.textCount }

  /// Copies the rows of a stream to those of another, which has as many.
  private func copy(_ slot: Int, of source: FloatBuffer, to other: Int, of target: FloatBuffer) {
    let (from, to, width) = (layout.slots[slot].rows, layout.slots[other].rows, pass.spec.hiddenSize)
    (target.pointer + to.lowerBound * width).update(
      from: source.pointer + from.lowerBound * width, count: from.count * width)
  }
}

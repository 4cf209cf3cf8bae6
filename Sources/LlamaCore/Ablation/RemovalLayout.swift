/// Rows of a group of texts and of their changed copies: the streams of the unchanged model first, then the copies in
/// the order in which they come into being.
///
/// Until the first part that a removal takes away, a changed stream is the unchanged one; it is copied there, once. Where the
/// removal goes on with whole blocks, the copy waits in its rows until the last of them has been passed.
struct RemovalLayout {
  /// Place in a block where changed streams begin.
  enum Stage: Int, CaseIterable, Comparable {
    /// Behind the heads, before the output projection.
    case heads
    /// Behind attention: copies have nothing of it.
    case attention
    /// Before the MLP, in which copies take no part.
    case mlp
    /// Behind the block.
    case block

    static func < (a: Stage, b: Stage) -> Bool { a.rawValue < b.rawValue }
  }

  /// All streams.
  let slots: [PackedBatch.Slot]
  /// For each slot that of its unchanged text.
  let sources: [Int]
  /// For each slot the index of its removal; nil for an unchanged text.
  let removals: [Int?]
  /// Number of texts, which have the first slots.
  let textCount: Int
  /// For each block and stage the slots that begin there.
  private let births: [[Range<Int>]]
  /// For each block the slots that wait behind it.
  private let waits: [[Int]]

  /// - Parameters:
  ///   - texts: texts by their index in the call.
  ///   - removals: removals by their index in the call.
  ///   - means: for each text what removed parts add instead; empty for nothing.
  init(
    _ texts: [(index: Int, tokens: [TokenID])], _ removals: [(index: Int, removal: Removal)], layers: Int,
    means: [MeanOutputs] = [], _ options: RunOptions
  ) {
    var (slots, sources, indices): ([PackedBatch.Slot], [Int], [Int?]) = ([], [], [])
    var layout = RowPacker(options)
    func append(_ text: Int, _ removal: (index: Int, removal: Removal)?) {
      let slice = SequenceSlice(text: texts[text].index, tokens: texts[text].tokens)
      slots.append(
        PackedBatch.Slot(
          index: texts[text].index, slice: slice, rows: layout.place(slice.tokens.count), removal: removal?.removal,
          means: removal == nil || means.isEmpty ? nil : means[text]))
      sources.append(text)
      indices.append(removal?.index)
    }
    for text in texts.indices { append(text, nil) }
    let ends = removals.map(\.removal.birthLayer)
    births = (0..<layers).map { layer in
      let starting = zip(removals, ends).filter { $1 == layer }.map { $0.0 }
      return Stage.allCases.map { stage in
        let first = slots.count
        for removal in starting where removal.removal.stage == stage {
          for text in texts.indices { append(text, removal) }
        }
        return first..<slots.count
      }
    }
    let spans = slots.indices.compactMap { slot in slots[slot].removal.map { (slot, $0.firstLayer..<$0.birthLayer) } }
    waits = (0..<layers).map { layer in spans.filter { $1.contains(layer) }.map { $0.0 } }
    (self.slots, self.sources, self.removals, textCount) = (slots, sources, indices, texts.count)
  }

  /// Number of rows of the first `count` streams.
  func rows(_ count: Int) -> Int { count == 0 ? 0 : slots[count - 1].rows.upperBound }

  /// Number of rows of all streams.
  var rows: Int { rows(slots.count) }

  /// Returns the streams that begin at a place.
  func born(_ layer: Int, _ stage: Stage) -> Range<Int> { births[layer][stage.rawValue] }

  /// Returns the streams that have passed a removed block, and pass the next one too.
  func waiting(_ layer: Int) -> [Int] { waits[layer] }

  /// Returns the first `count` streams as a batch.
  ///
  /// - Parameter observesAll: true if the sites of changed streams are wanted as well as those of the texts.
  func batch(_ count: Int, observesAll: Bool) -> PackedBatch {
    PackedBatch(
      slots: Array(slots[..<count]), rows: rows(count), observedRows: rows(observesAll ? count : textCount))
  }

  /// Returns the first row of the unchanged text of each row; -1 for rows between streams.
  var baseRows: [Int] {
    var rows = [Int](repeating: -1, count: self.rows)
    for (slot, source) in zip(slots, sources) {
      for offset in 0..<slot.rows.count {
        rows[slot.rows.lowerBound + offset] = slots[source].rows.lowerBound + offset
      }
    }
    return rows
  }
}

extension Removal {
  /// Where in its first block a changed stream begins.
  var stage: RemovalLayout.Stage {
    let layer = firstLayer
    if units.contains(BlockUnit(.block, layer)) { return .block }
    if units.contains(BlockUnit(.attention, layer)) { return .attention }
    return heads(layer).isEmpty ? .mlp : .heads
  }
}

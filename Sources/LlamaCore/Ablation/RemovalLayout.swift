/// Rows of a group of texts and of their changed copies: the streams of the unchanged model first, then the copies in
/// the order in which they come into being.
///
/// Until the first part that a removal takes away, or that is swapped, a changed stream is the unchanged one; it is copied
/// there, once. Where the removal goes on with whole blocks, the copy waits in its rows until the last of them has been passed.
struct RemovalLayout {
  /// Place in a block where changed streams begin.
  enum Stage: Int, CaseIterable, Comparable {
    /// Behind the heads, before the output projection.
    case heads
    /// Behind attention: copies have nothing of it.
    case attention
    /// Behind attention: streams have that of another checkpoint.
    case swappedAttention
    /// Before the MLP, in which copies take no part.
    case mlp
    /// Behind the block.
    case block
    /// Behind the block: streams have another checkpoint's MLP.
    case swappedMLP
    /// Behind the block: streams have another checkpoint's block.
    case swappedBlock

    static func < (a: Stage, b: Stage) -> Bool { a.rawValue < b.rawValue }
  }

  /// All streams.
  let slots: [PackedBatch.Slot]
  /// For each slot that of its text.
  let sources: [Int]
  /// For each slot the index of its removal or swap; nil for a text.
  let removals: [Int?]
  /// Number of texts, which have the first slots.
  let textCount: Int
  /// For each block and stage the slots that begin there.
  private let births: [[Range<Int>]]
  /// For each slot the first block that its own change is of, whatever all streams are without.
  private let starts: [Int]
  /// For each block the slots that wait behind it.
  private let waits: [[Int]]

  /// - Parameters:
  ///   - texts: texts by their index in the call.
  ///   - changes: removals and swaps by their index in the call.
  ///   - base: what all streams are without, the texts' own too; nil for nothing.
  ///   - means: for each text what removed parts add instead; empty for nothing.
  init(
    _ texts: [(index: Int, tokens: [TokenID])], _ changes: [(index: Int, change: StreamChange)],
    without base: Removal?, layers: Int, means: [MeanOutputs] = [], _ options: RunOptions
  ) {
    var (slots, sources, indices): ([PackedBatch.Slot], [Int], [Int?]) = ([], [], [])
    var (starts, born): ([Int], [Int]) = ([], [])
    var layout = RowPacker(options)
    func append(_ text: Int, _ change: (index: Int, change: StreamChange)?) {
      let slice = SequenceSlice(text: texts[text].index, tokens: texts[text].tokens)
      slots.append(
        PackedBatch.Slot(
          index: texts[text].index, slice: slice, rows: layout.place(slice.tokens.count),
          removal: change?.change.removal.map { $0.union(base) } ?? base, means: means.isEmpty ? nil : means[text]))
      sources.append(text)
      indices.append(change?.index)
      // A text waits nowhere.
      starts.append(change?.change.firstLayer ?? 0)
      born.append(change?.change.birthLayer ?? 0)
    }
    for text in texts.indices { append(text, nil) }
    let ends = changes.map(\.change.birthLayer)
    births = (0..<layers).map { layer in
      let starting = zip(changes, ends).filter { $1 == layer }.map { $0.0 }
      return Stage.allCases.map { stage in
        let first = slots.count
        for change in starting where change.change.stage == stage {
          for text in texts.indices { append(text, change) }
        }
        return first..<slots.count
      }
    }
    waits = (0..<layers).map { layer in slots.indices.filter { starts[$0] <= layer && layer < born[$0] } }
    self.starts = starts
    (self.slots, self.sources, self.removals, textCount) = (slots, sources, indices, texts.count)
  }

  /// Returns the number of rows of texts of these lengths and of `copies - 1` copies of each.
  static func rows(_ lengths: [Int], copies: Int, _ options: RunOptions) -> Int {
    var packer = RowPacker(options)
    for _ in 0..<copies { for length in lengths { _ = packer.place(length) } }
    return packer.rows
  }

  /// Number of rows of the first `count` streams.
  func rows(_ count: Int) -> Int { count == 0 ? 0 : slots[count - 1].rows.upperBound }

  /// Number of rows of all streams.
  var rows: Int { rows(slots.count) }

  /// Returns the streams that begin at a place.
  func born(_ layer: Int, _ stage: Stage) -> Range<Int> { births[layer][stage.rawValue] }

  /// Returns the streams that have passed a removed block, and pass the next one too.
  func waiting(_ layer: Int) -> [Int] { waits[layer] }

  /// True if a changed stream's first changed block is this one.
  func begins(_ slot: Int, at layer: Int) -> Bool { starts[slot] == layer }

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

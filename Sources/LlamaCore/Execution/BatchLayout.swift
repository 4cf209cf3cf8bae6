/// Placement of sequences that pass through the blocks together: packed end to end as closely as ``RowPlacement``
/// allows.
struct BatchLayout {
  /// For each sequence, its index in the call and its rows.
  private(set) var places: [(sequence: Int, rows: Range<Int>)] = []
  /// Number of rows of all sequences, including the gaps between them.
  private(set) var rows = 0
  /// Number of tokens of the longest sequence.
  private(set) var longest = 0

  /// Returns a layout of `count` sequences of one token each.
  static func step(_ count: Int) -> BatchLayout {
    var layout = BatchLayout()
    for sequence in 0..<count { layout.add(sequence, at: sequence, length: 1) }
    return layout
  }

  /// Divides sequences of these lengths into batches of at most ``RunOptions/waveTokens`` rows, in order. A longer
  /// sequence gets its own batch.
  static func plan(_ lengths: [Int], _ options: RunOptions) -> [BatchLayout] {
    let placement = RowPlacement(options.library)
    var batches: [BatchLayout] = []
    var batch = BatchLayout()
    for (sequence, length) in lengths.enumerated() {
      var start = placement.start(of: length, from: batch.rows)
      if batch.rows > 0, start + length > options.waveTokens {
        batches.append(batch)
        batch = BatchLayout()
        start = 0
      }
      batch.add(sequence, at: start, length: length)
    }
    if batch.rows > 0 { batches.append(batch) }
    return batches
  }

  private mutating func add(_ sequence: Int, at start: Int, length: Int) {
    places.append((sequence, start..<start + length))
    rows = start + length
    longest = max(longest, length)
  }
}

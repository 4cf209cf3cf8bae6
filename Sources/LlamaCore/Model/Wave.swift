/// Tokens of a text that go through the blocks together: the whole text, or what follows those whose keys and values a
/// cache holds.
struct Passage {
  /// What observers know the text by.
  let text: Int
  let tokens: [TokenID]
  /// What keeps the keys and values of the text; nil where nobody will need them again.
  var cache: KeyValueCache?

  /// The position of the first token.
  var start: Int { cache?.length ?? 0 }

  /// The positions of the tokens.
  var positions: Range<Int> { start..<start + tokens.count }
}

/// Passages that go through the blocks together, packed end to end as closely as ``RowPlacement`` allows.
struct Wave {
  /// One passage's place.
  struct Slot {
    /// Index of the passage in the call.
    let passage: Int
    /// Its rows in the wave.
    let rows: Range<Int>
  }

  private(set) var slots: [Slot] = []
  /// Rows of all passages together, those between passages included.
  private(set) var rows = 0
  /// Tokens of the longest passage.
  private(set) var longest = 0

  /// Parts of passages of at most `height` tokens, so that a long one occupies every worker.
  func bands(height: Int = 64) -> [(slot: Slot, tokens: Range<Int>)] {
    slots.flatMap { slot in
      stride(from: 0, to: slot.rows.count, by: height).map { (slot, $0..<min(slot.rows.count, $0 + height)) }
    }
  }

  /// A wave of `count` passages of one token each.
  static func step(_ count: Int) -> Wave {
    var wave = Wave()
    wave.slots = (0..<count).map { Slot(passage: $0, rows: $0..<$0 + 1) }
    (wave.rows, wave.longest) = (count, min(1, count))
    return wave
  }

  /// Cuts passages into waves of at most ``RunOptions/waveTokens`` rows, in order; one longer than that is a wave of its own.
  static func plan(_ lengths: [Int], _ options: RunOptions) -> [Wave] {
    let placement = RowPlacement(options.library)
    var waves: [Wave] = []
    var wave = Wave()
    for (passage, length) in lengths.enumerated() {
      var start = placement.start(of: length, from: wave.rows)
      if wave.rows > 0, start + length > options.waveTokens {
        waves.append(wave)
        wave = Wave()
        start = 0
      }
      wave.slots.append(Slot(passage: passage, rows: start..<start + length))
      wave.rows = start + length
      wave.longest = max(wave.longest, length)
    }
    if wave.rows > 0 { waves.append(wave) }
    return waves
  }
}

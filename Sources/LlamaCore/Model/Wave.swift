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

/// Passages that go through the blocks together, packed end to end. Each begins at a multiple of an alignment, which is 1
/// but for a BLAS whose rows keep their bits only so (``BLAS/rowAlignment``).
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
  private var tokens = 0
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
    (wave.rows, wave.tokens, wave.longest) = (count, count, min(1, count))
    return wave
  }

  /// Cuts passages into waves of at most `budget` tokens, in order; one longer than that is a wave of its own.
  static func plan(_ lengths: [Int], _ options: RunOptions) -> [Wave] {
    let budget = options.waveTokens
    let alignment = options.library == .cblas ? BLAS.rowAlignment ?? 1 : 1
    var waves: [Wave] = []
    var wave = Wave()
    for (passage, length) in lengths.enumerated() {
      let rows = (length + alignment - 1) / alignment * alignment
      if wave.rows > 0, wave.tokens + length > budget {
        waves.append(wave)
        wave = Wave()
      }
      wave.slots.append(Slot(passage: passage, rows: wave.rows..<wave.rows + length))
      wave.rows += rows
      wave.tokens += length
      wave.longest = max(wave.longest, length)
    }
    if wave.rows > 0 { waves.append(wave) }
    return waves
  }
}

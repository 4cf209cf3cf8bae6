/// Texts that go through the blocks together, packed end to end without padding.
struct Wave {
  /// One text's place.
  struct Slot {
    /// Index of the text in the call.
    let text: Int
    /// Its rows in the wave.
    let rows: Range<Int>
  }

  private(set) var slots: [Slot] = []
  /// Rows of all texts together.
  private(set) var rows = 0
  /// Tokens of the longest text.
  private(set) var longest = 0

  /// Cuts texts into waves of at most `budget` tokens, in order; a text longer than that is a wave of its own.
  static func plan(_ lengths: [Int], budget: Int) -> [Wave] {
    var waves: [Wave] = []
    var wave = Wave()
    for (text, length) in lengths.enumerated() {
      if wave.rows > 0, wave.rows + length > budget {
        waves.append(wave)
        wave = Wave()
      }
      wave.slots.append(Slot(text: text, rows: wave.rows..<wave.rows + length))
      wave.rows += length
      wave.longest = max(wave.longest, length)
    }
    if wave.rows > 0 { waves.append(wave) }
    return waves
  }
}

/// Texts that go through the blocks together, packed end to end. Each begins at a multiple of an alignment, which is 1
/// but for a BLAS whose rows keep their bits only so (``BLAS/rowAlignment``).
struct Wave {
  /// One text's place.
  struct Slot {
    /// Index of the text in the call.
    let text: Int
    /// Its rows in the wave.
    let rows: Range<Int>
  }

  private(set) var slots: [Slot] = []
  /// Rows of all texts together, those between texts included.
  private(set) var rows = 0
  private var tokens = 0
  /// Tokens of the longest text.
  private(set) var longest = 0

  /// Parts of texts of at most `height` tokens, so that one long text occupies every worker.
  func bands(height: Int = 64) -> [(slot: Slot, positions: Range<Int>)] {
    slots.flatMap { slot in
      stride(from: 0, to: slot.rows.count, by: height).map { (slot, $0..<min(slot.rows.count, $0 + height)) }
    }
  }

  /// Cuts texts into waves of at most `budget` tokens, in order; a text longer than that is a wave of its own.
  static func plan(_ lengths: [Int], _ options: RunOptions) -> [Wave] {
    let budget = options.waveTokens
    let alignment = options.library == .cblas ? BLAS.rowAlignment ?? 1 : 1
    var waves: [Wave] = []
    var wave = Wave()
    for (text, length) in lengths.enumerated() {
      let rows = (length + alignment - 1) / alignment * alignment
      if wave.rows > 0, wave.tokens + length > budget {
        waves.append(wave)
        wave = Wave()
      }
      wave.slots.append(Slot(text: text, rows: wave.rows..<wave.rows + length))
      wave.rows += rows
      wave.tokens += length
      wave.longest = max(wave.longest, length)
    }
    if wave.rows > 0 { waves.append(wave) }
    return waves
  }
}

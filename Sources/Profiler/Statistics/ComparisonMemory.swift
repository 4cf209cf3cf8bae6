/// What a comparison takes: tables of as many metrics as fit into memory.
package struct ComparisonMemory {
  /// Texts of all domains, of the largest pair, and of all pairs where texts are paired.
  private let texts: Int, pairTexts: Int, pairedTexts: Int
  private let blocks: Int
  private let settings: ComparisonSettings

  init(_ shape: SampleShape, blocks: Int, settings: ComparisonSettings) {
    self.init(
      counts: shape.counts, pairs: shape.pairs, isPaired: shape.isPaired, blocks: shape.metric.isOfText ? 1 : blocks,
      settings: settings)
  }

  /// - Parameter counts: texts of each domain.
  package init(counts: [Int], pairs: [DomainPair], isPaired: Bool, blocks: Int, settings: ComparisonSettings) {
    texts = counts.reduce(0, +)
    pairTexts = max(pairs.map { counts[$0.a] + counts[$0.b] }.max() ?? 0, counts.max() ?? 0)
    pairedTexts = isPaired ? pairs.reduce(0) { $0 + counts[$1.a] } : 0
    self.blocks = blocks
    self.settings = settings
  }

  /// Bytes for so many metrics at a time.
  package func bytes(metrics: Int) -> Int {
    let tiles = ColumnTiles.count(metrics * blocks)
    let vector = MemoryLayout<ColumnTiles.Vector>.stride
    // The table, and a copy of a pair's rows less other centers.
    let tables = (texts + pairTexts + pairedTexts) * tiles * vector
    // A metric as it is read: a list of values for each text, and the lists of them.
    let reading = texts * (8 * blocks + 64)
    let draws = max(HeldDraws.bytes, 4 * texts) + 4 * texts + 2 * 64 * tiles * vector
    let effects = 2 * settings.resamples * tiles * vector
    return tables + max(reading, settings.threads * draws + effects)
  }

  /// How many of `metrics` are compared at a time.
  ///
  /// - Throws: ``ComparisonError/memory(needed:limit:)`` where one is too many.
  func metrics(atOnce metrics: Int) throws(ComparisonError) -> Int {
    guard let limit = settings.memoryLimit else { return metrics }
    guard bytes(metrics: 1) <= limit else { throw .memory(needed: bytes(metrics: 1), limit: limit) }
    return (1...max(1, metrics)).last { bytes(metrics: $0) <= limit } ?? 1
  }
}

import LlamaCore

/// What a comparison takes. Best is a table of all metrics in memory; next one in a file, of which a pair of domains at a time
/// is in memory; last, where two domains are too large as well, tables of as many metrics as fit, for each of which all
/// random draws are made again.
package struct ComparisonMemory {
  /// How metrics are compared.
  package struct Plan: Equatable {
    /// Metrics of each table.
    package let metrics: Int
    /// Whether the tables are in files.
    package let isSpilled: Bool

    package init(metrics: Int, isSpilled: Bool) { (self.metrics, self.isSpilled) = (metrics, isSpilled) }
  }

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
    pairTexts = Self.pairTexts(counts, pairs)
    pairedTexts = isPaired ? pairs.reduce(0) { $0 + counts[$1.a] } : 0
    self.blocks = blocks
    self.settings = settings
  }

  /// Texts of the largest pair.
  private static func pairTexts(_ counts: [Int], _ pairs: [DomainPair]) -> Int {
    max(pairs.map { counts[$0.a] + counts[$0.b] }.max() ?? 0, counts.max() ?? 0)
  }

  /// Tiles of all domains that take no more than all tiles of a pair; one at least.
  static func omnibusTiles(_ counts: [Int], _ pairs: [DomainPair], columns: Int) -> Int {
    max(1, pairTexts(counts, pairs) * ColumnTiles.count(columns) / max(1, counts.reduce(0, +)))
  }

  /// Bytes that one metric takes: the least there must be.
  package var least: Int { bytes(metrics: 1, isSpilled: true) }

  /// Bytes for so many metrics in a table.
  package func bytes(metrics: Int, isSpilled: Bool) -> Int {
    let tiles = ColumnTiles.count(metrics * blocks)
    let vector = MemoryLayout<ColumnTiles.Vector>.stride
    let table = isSpilled ? 0 : (texts + pairedTexts) * tiles * vector
    // A metric as it is read: a list of values for each text, and the lists of them; a tile while it is filled.
    let reading = texts * (8 * blocks + 64) + (texts + pairedTexts) * (vector + 8)
    // A pair's rows less their centers, or a tile of all.
    let rows = max(pairTexts * tiles, texts) * vector
    let held = [pairTexts, texts].map { HeldDraws.byteCount(size: $0) }.max() ?? 0
    // The choices, the one that is being drawn, and their sums.
    let draws = held + 4 * texts + 2 * 64 * tiles * vector
    let effects = 2 * settings.resamples * tiles * vector
    return table + max(reading, rows + settings.threads * draws + effects)
  }

  /// How `metrics` are compared within the limit.
  ///
  /// - Throws: ``ComparisonError/memory(needed:limit:)`` where one is too many.
  package func plan(metrics: Int) throws(ComparisonError) -> Plan {
    guard let limit = settings.memoryLimit else { return Plan(metrics: metrics, isSpilled: false) }
    if bytes(metrics: metrics, isSpilled: false) <= limit { return Plan(metrics: metrics, isSpilled: false) }
    guard least <= limit else { throw .memory(needed: least, limit: limit) }
    let most = (1...max(1, metrics)).last { bytes(metrics: $0, isSpilled: true) <= limit } ?? 1
    // Draws for each table, sums for each tile: neither more tables nor more columns beyond a table's last than it takes.
    let tables = (metrics + most - 1) / most
    let fewest = (1...most).filter { (metrics + $0 - 1) / $0 == tables }.min { tiles($0, metrics) < tiles($1, metrics) }
    return Plan(metrics: fewest ?? most, isSpilled: true)
  }

  /// Tiles of all tables of so many of the metrics.
  private func tiles(_ count: Int, _ metrics: Int) -> Int {
    metrics / count * ColumnTiles.count(count * blocks) + ColumnTiles.count(metrics % count * blocks)
  }
}

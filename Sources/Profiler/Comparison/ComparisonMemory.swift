import LlamaCore
import Statistics

/// Memory of a comparison. The first choice is a table of all metrics in memory; the second a table in a file, of which
/// one pair of domains at a time is in memory; the last, if two domains are too large as well, tables of as many
/// metrics as fit, for each of which all random draws are repeated.
package struct ComparisonMemory {
  /// The distribution of metrics over tables.
  package struct Plan: Equatable {
    /// Number of metrics per table.
    package let metrics: Int
    /// True if the tables are in files.
    package let isSpilled: Bool

    package init(metrics: Int, isSpilled: Bool) { (self.metrics, self.isSpilled) = (metrics, isSpilled) }
  }

  /// Number of texts of all domains, of the largest pair, and of all pairs if texts are paired.
  private let texts: Int, pairTexts: Int, pairedTexts: Int
  private let blocks: Int
  private let settings: ComparisonSettings

  init(_ shape: SampleShape, blocks: Int, settings: ComparisonSettings) {
    // Texts are held while their groups' means are taken.
    self.init(
      counts: shape.units.map(\.texts), pairs: shape.pairs, pairings: shape.pairings,
      blocks: shape.metric.isOfText ? 1 : blocks, settings: settings)
  }

  /// - Parameter counts: number of texts of each domain.
  package init(counts: [Int], pairs: [DomainPair], isPaired: Bool, blocks: Int, settings: ComparisonSettings) {
    self.init(
      counts: counts, pairs: pairs, pairings: pairs.map { _ in isPaired }, blocks: blocks, settings: settings)
  }

  private init(counts: [Int], pairs: [DomainPair], pairings: [Bool], blocks: Int, settings: ComparisonSettings) {
    texts = counts.reduce(0, +)
    pairTexts = Self.pairTexts(counts, pairs)
    pairedTexts = zip(pairs, pairings).reduce(0) { $0 + ($1.1 ? counts[$1.0.a] : 0) }
    self.blocks = blocks
    self.settings = settings
  }

  /// Returns the number of texts of the largest pair.
  private static func pairTexts(_ counts: [Int], _ pairs: [DomainPair]) -> Int {
    max(pairs.map { counts[$0.a] + counts[$0.b] }.max() ?? 0, counts.max() ?? 0)
  }

  /// Returns the number of tiles of all domains that take no more memory than all tiles of a pair; at least one.
  static func omnibusTiles(_ counts: [Int], _ pairs: [DomainPair], columns: Int) -> Int {
    max(1, pairTexts(counts, pairs) * ColumnTiles.count(columns) / max(1, counts.reduce(0, +)))
  }

  /// Bytes for one metric, the minimum of a comparison.
  package var least: Int { bytes(metrics: 1, isSpilled: true) }

  /// Returns the bytes for a number of metrics in a table.
  package func bytes(metrics: Int, isSpilled: Bool) -> Int {
    let tiles = ColumnTiles.count(metrics * blocks)
    let vector = MemoryLayout<ColumnTiles.Vector>.stride
    let table = isSpilled ? 0 : (texts + pairedTexts) * tiles * vector
    // A metric while it is read: a list of values for each text, and the lists of them; and an incomplete tile.
    let reading = texts * (8 * blocks + 64) + (texts + pairedTexts) * (vector + 8)
    // A pair's centered rows, or a tile of all rows.
    let rows = max(pairTexts * tiles, texts) * vector
    let held = [pairTexts, texts].map { HeldDraws.byteCount(size: $0) }.max() ?? 0
    // The selections, the one being drawn, and their sums.
    let draws = held + 4 * texts + 2 * 64 * tiles * vector
    let effects = 2 * settings.resamples * tiles * vector
    return table + max(reading, rows + settings.threads * draws + effects)
  }

  /// Returns the distribution of `metrics` over tables within the limit.
  ///
  /// - Throws: ``ComparisonError/memory(needed:limit:)`` if a single metric exceeds it.
  package func plan(metrics: Int) throws(ComparisonError) -> Plan {
    guard let limit = settings.memoryLimit else { return Plan(metrics: metrics, isSpilled: false) }
    if bytes(metrics: metrics, isSpilled: false) <= limit { return Plan(metrics: metrics, isSpilled: false) }
    guard least <= limit else { throw .memory(needed: least, limit: limit) }
    let most = (1...max(1, metrics)).last { bytes(metrics: $0, isSpilled: true) <= limit } ?? 1
    // Draws are made per table, sums per tile: use the minimum number of tables, and no padding beyond that.
    let tables = (metrics + most - 1) / most
    let fewest = (1...most).filter { (metrics + $0 - 1) / $0 == tables }.min { tiles($0, metrics) < tiles($1, metrics) }
    return Plan(metrics: fewest ?? most, isSpilled: true)
  }

  /// Returns the number of tiles of all tables with `count` of the metrics each.
  private func tiles(_ count: Int, _ metrics: Int) -> Int {
    metrics / count * ColumnTiles.count(count * blocks) + ColumnTiles.count(metrics % count * blocks)
  }
}

import Foundations
import LlamaCore
package import ProfileStore
package import Profiler
import Statistics

/// Memory required to compare the domains of a run and to draw its report, computed from counts, so that a limit that
/// is too small is reported before anything is computed.
package struct ReportMemory {
  /// Number of texts of each domain; of both runs if two are compared.
  private let texts: [Int]
  private let blocks: Int, columns: Int
  /// Number of removals that were tried on every text.
  private let removals: Int
  private let isPaired: Bool
  /// Bytes that the process holds otherwise.
  private let held: Int

  /// Size of code and libraries, as measured.
  private static let processBytes = 50_000_000

  /// - Parameters:
  ///   - texts: number of texts of each domain.
  ///   - columns: number of compared metrics and scopes, see ``ComparedColumn``.
  ///   - removals: number of removals that were tried on every text.
  ///   - isPaired: true if consecutive domains are pairs of the same texts.
  ///   - held: bytes that the process holds otherwise, such as the texts of a run that has just ended.
  package init(
    texts: [Int], blocks: Int, columns: Int, removals: Int = 0, isPaired: Bool = false, held: Int = 0
  ) {
    self.texts = texts
    self.blocks = blocks
    self.columns = columns
    self.removals = removals
    self.isPaired = isPaired
    self.held = held
  }

  package init(_ record: LoadedRun, held: Int = 0) {
    self.init(
      texts: record.domains.map(\.texts.count), blocks: record.layers.count,
      columns: record.metrics.count * record.scopes.count, removals: record.settings.ablation?.units.count ?? 0,
      held: held)
  }

  /// Creates the estimate for a stored run without reading its rows.
  ///
  /// - Throws: `StoreError`.
  package init(_ store: ProfileStore) throws(StoreError) {
    self.init(
      texts: try store.domains().map(\.texts), blocks: store.settings.layers.count,
      columns: store.settings.metrics.count { !$0.isOfText } * store.scopes.count,
      removals: store.settings.ablation?.units.count ?? 0)
  }

  /// Creates the estimate for a run that has yet to be made.
  package init(_ profiler: CorpusProfiler) {
    self.init(
      texts: profiler.corpus.domains.map(\.texts.count), blocks: profiler.layers.count,
      columns: profiler.metrics.count * Scope.allCases.count, removals: profiler.ablation?.units.count ?? 0,
      held: profiler.corpus.byteCount)
  }

  private var pairs: [DomainPair] {
    isPaired ? (0..<texts.count / 2).map { DomainPair(2 * $0, 2 * $0 + 1) } : DomainPair.all(of: texts.count)
  }

  /// Bytes required besides the tables of a comparison: data of each text and of each row of the comparison, as
  /// numbers, as text and in a picture, and the chunks in which a run is read.
  private var fixed: Int {
    let rows = pairs.count * blocks * columns
    return Self.processBytes + held + (240 + compositionBytes + removalBytes) * texts.reduce(0, +) + 1_500 * rows
      + 3 * ColumnSpool.chunkBytes
  }

  /// Bytes of a text's profile: as it is read, its logarithms, their shape, and lists of the same; and of the text, as it is
  /// read again with its first tokens.
  private var compositionBytes: Int { 6 * (8 * blocks + 64) + 240 }

  /// Bytes of a text's costs of removals, which the files and the page each have, and of the metrics that they are held
  /// against.
  private var removalBytes: Int {
    removals > 0 ? 2 * MemoryLayout<RemovalCost>.stride * removals + 8 * blocks * columns : 0
  }

  private func tables(_ settings: ComparisonSettings) -> Int {
    ComparisonMemory(counts: texts, pairs: pairs, isPaired: isPaired, blocks: blocks, settings: settings)
      .least
  }

  /// Returns the settings with the table memory that the limit leaves.
  ///
  /// - Parameter limit: bytes; nil for half of the free memory, or the minimum required if that is more and the machine
  ///   has it.
  /// - Throws: ``ReportError/memoryLimit(texts:needed:limit:)``, ``ReportError/memory(texts:needed:machine:)``.
  package func fitted(_ settings: ComparisonSettings, limit: Int?) throws(ReportError) -> ComparisonSettings {
    var settings = settings
    let needed = fixed + tables(settings)
    let machine = SystemMemory.total
    if limit == nil, needed > machine {
      throw .memory(texts: texts.reduce(0, +), needed: needed, machine: machine)
    }
    if let limit, needed > limit {
      throw .memoryLimit(texts: texts.reduce(0, +), needed: needed, limit: limit)
    }
    settings.memoryLimit = max(limit ?? SystemMemory.defaultLimit, needed) - fixed
    return settings
  }
}

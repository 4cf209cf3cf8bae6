import Profiler
import Statistics

/// Texts with the greatest `abs_mean` at each block.
struct MostAffectedTexts {
  struct Entry {
    let layer: Int
    let domain: String
    let index: Int
    let tokens: Int
    let value: Double
    /// Mean over all texts at the block, for comparison.
    let mean: Double
  }

  static let metric = Metric.absMean
  /// Entries by block, greatest first.
  let blocks: [[Entry]]

  /// - Parameter count: maximum number of entries per block.
  /// - Throws: `FileError` if the rows of the run cannot be read back.
  init(_ record: LoadedRun, scope: Scope, count: Int = 3) throws {
    guard let column = record.metrics.firstIndex(of: Self.metric) else {
      blocks = []
      return
    }
    var greatest = record.layers.map { _ in [(domain: Int, text: LoadedRun.Text, value: Double)]() }
    var statistics = record.layers.map { _ in RunningStatistics() }
    try record.forEachText(scope) { domain, text, rows in
      guard !text.isCopy else { return }
      for block in greatest.indices where rows.isCounted(block: block) {
        let value = rows[column, block]
        statistics[block].add(value)
        // Ties keep the order of the corpus.
        let place = greatest[block].firstIndex { $0.value < value } ?? greatest[block].count
        guard place < count else { continue }
        greatest[block].insert((domain, text, value), at: place)
        if greatest[block].count > count { greatest[block].removeLast() }
      }
    }
    blocks = zip(record.layers, zip(greatest, statistics)).map { layer, found in
      found.0.map {
        Entry(
          layer: layer, domain: record.corpusDomains[$0.text.corpusDomain], index: $0.text.index,
          tokens: $0.text.tokens,
          value: $0.value, mean: found.1.mean ?? .nan)
      }
    }
  }
}

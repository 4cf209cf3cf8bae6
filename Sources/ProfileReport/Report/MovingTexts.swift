import Profiler

/// The texts that moved each block most: those with the greatest `abs_mean`.
struct MovingTexts {
  struct Entry {
    let layer: Int
    let domain: String
    let index: Int
    let tokens: Int
    let value: Double
    /// The mean over all texts at the block, to compare with.
    let mean: Double
  }

  static let metric = Metric.absMean
  /// Block by block, the greatest first.
  let blocks: [[Entry]]

  /// - Parameter count: entries of a block at most.
  init(_ record: RunRecord, scope: Scope, count: Int = 3) {
    guard let column = record.metrics.firstIndex(of: Self.metric) else {
      blocks = []
      return
    }
    blocks = record.layers.map { layer in
      var found: [(domain: String, text: RunRecord.Text, value: Double)] = []
      for domain in record.domains {
        for text in domain.texts {
          guard let row = text.countedCells(scope, layer) else { continue }
          found.append((domain.name, text, row[row.startIndex + column]))
        }
      }
      let mean = RunningStatistics(found.map(\.value)).mean ?? .nan
      // The sort is stable: of equal values the first in the corpus.
      return found.sorted { $0.value > $1.value }.prefix(count).map {
        Entry(
          layer: layer, domain: $0.domain, index: $0.text.index, tokens: $0.text.tokens, value: $0.value, mean: mean)
      }
    }
  }
}

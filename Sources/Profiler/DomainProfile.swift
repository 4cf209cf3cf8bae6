public import Statistics

/// A domain's statistics over its texts, for every scope, block and metric.
///
/// The unit of observation is the text: the tokens of one text are not independent. A text contributes its row's value;
/// a row with a non-finite value is excluded, at its block and scope only, see ``BlockMetrics/isFinite(_:)``.
public struct DomainProfile: Sendable {
  public let name: String
  /// 0-based indices of the measured blocks.
  public let layers: Range<Int>
  /// The measured metrics, in the order of the columns.
  public let metrics: [Metric]
  /// Number of texts without characters or tokens, which were not run.
  public let emptyTexts: Int
  /// Number of texts that were truncated to the maximum length.
  public let truncatedTexts: Int
  /// Number of texts whose token ids equal those of an earlier one: they are part of these statistics, but not of
  /// comparisons.
  public let copies: Int
  /// Number of texts that were run.
  public private(set) var texts = 0
  /// Number of tokens that were run.
  public private(set) var tokens = 0
  /// Number of texts with a non-finite value at one block or more.
  public private(set) var nonFiniteTexts = 0
  /// The tokens with massive activations.
  public private(set) var sinks = SinkSummary()
  /// Statistics by scope, block and metric, in the order of `metrics`.
  private var statistics: [RunningStatistics]
  /// Statistics of the metrics of texts.
  private var textStatistics: [Metric: RunningStatistics] = [:]

  public init(
    name: String, layers: Range<Int>, metrics: [Metric] = Metric.standard, emptyTexts: Int = 0, truncatedTexts: Int = 0,
    copies: Int = 0
  ) {
    self.name = name
    self.layers = layers
    self.metrics = metrics
    self.emptyTexts = emptyTexts
    self.truncatedTexts = truncatedTexts
    self.copies = copies
    let count = Scope.allCases.count * layers.count * metrics.count
    statistics = Array(repeating: RunningStatistics(), count: count)
  }

  /// Pools domains with the same blocks and metrics.
  init(name: String, _ parts: [DomainProfile]) {
    self.init(
      name: name, layers: parts.first?.layers ?? 0..<0, metrics: parts.first?.metrics ?? [],
      emptyTexts: parts.reduce(0) { $0 + $1.emptyTexts }, truncatedTexts: parts.reduce(0) { $0 + $1.truncatedTexts },
      copies: parts.reduce(0) { $0 + $1.copies })
    for part in parts {
      texts += part.texts
      tokens += part.tokens
      nonFiniteTexts += part.nonFiniteTexts
      sinks.add(part.sinks)
      for index in statistics.indices { statistics[index].merge(part.statistics[index]) }
      for (metric, values) in part.textStatistics { textStatistics[metric, default: .init()].merge(values) }
    }
  }

  /// Adds a text measured at the same blocks. Texts are added in the order of the corpus.
  public mutating func add(_ profile: TextProfile) {
    texts += 1
    tokens += profile.tokens
    sinks.add(profile)
    if !profile.nonFinite.isEmpty { nonFiniteTexts += 1 }
    for metric in metrics where metric.isOfText {
      if let value = profile[metric], value.isFinite { textStatistics[metric, default: .init()].add(value) }
    }
    for scope in Scope.allCases {
      for (layer, row) in zip(profile.layers, profile.rows(scope)) where row.isFinite(metrics) {
        guard let start = index(scope, layer) else { continue }
        for (offset, metric) in metrics.enumerated() where row[metric].isFinite {
          statistics[start + offset].add(row[metric])
        }
      }
    }
  }

  /// The statistics of one metric over the domain's texts; empty if it was not measured.
  public subscript(scope: Scope, layer: Int, metric: Metric) -> RunningStatistics {
    guard let start = index(scope, layer), let offset = metrics.firstIndex(of: metric) else {
      return RunningStatistics()
    }
    return statistics[start + offset]
  }

  /// The statistics of a metric of the text (``Metric/isOfText``); empty for others.
  public subscript(metric: Metric) -> RunningStatistics { textStatistics[metric] ?? RunningStatistics() }

  /// Returns the index of a block's first statistics.
  private func index(_ scope: Scope, _ layer: Int) -> Int? {
    guard layers.contains(layer), let place = Scope.allCases.firstIndex(of: scope) else { return nil }
    return (place * layers.count + layer - layers.lowerBound) * metrics.count
  }
}

import Foundation
import Foundations
import Statistics

/// Several metrics of the same texts, in one table: one row per text, domain after domain, one column per metric and
/// block. Column summaries are kept in memory; the values are in a ``TileStore`` and are read one pair of domains at a
/// time, so that all metrics share the random draws of a pair.
struct ComparisonTable {
  let inputs: [SampleShape]
  let names: [String]
  let settings: ComparisonSettings
  let isPaired: Bool
  /// Values, as logarithms if requested, minus `base`.
  let values: TileStore
  /// The rows of each domain.
  let domains: [Range<Int>]
  /// Offset subtracted from each column: the values of the first text. Results do not depend on the zero point, but a
  /// mean that is large compared with the spread would cost digits.
  let base: [Double]
  /// `[domain][column]`.
  let summaries: [[ColumnSummary]]
  /// If texts are paired, their differences, pair after pair, and the rows of each.
  let differences: TileStore?
  let pairRows: [Range<Int>]
  /// `[pair][column]`.
  let differenceSummaries: [[DifferenceSummary]]
  /// Differences at equal length, `[pair][column]`; nil where they cannot be told.
  let adjusted: [[LengthRegression.Adjusted?]]
  /// True for pairs whose lengths hardly overlap, `[pair][input]`.
  let areLengthsApart: [[Bool]]
  let workers: Workers

  /// The blocks of each metric; a single nil for metrics of texts.
  let places: [Int?]
  var blocks: Int { places.count }
  var columns: Int { inputs.count * blocks }
  var pairs: [DomainPair] { inputs.first?.pairs ?? [] }

  /// - Parameters:
  ///   - sources: sources of samples of one shape, see ``SampleShape/matches(_:)``.
  ///   - folder: location of the values, see ``TileStore``.
  /// - Throws: ``ComparisonError``.
  init(
    _ shape: SampleShape, _ sources: [SampleSource], layers: Range<Int>, settings: ComparisonSettings, in folder: URL?
  ) throws(ComparisonError) {
    places = shape.metric.isOfText ? [nil] : layers.map { $0 }
    let blocks = places.count
    var read = try ComparisonError.attempt { () throws(FileError) in
      try Reading(shape, metrics: sources.count, blocks: blocks, settings: settings, in: folder)
    }
    for source in sources {
      let samples = try source.samples()
      try ComparisonError.attempt { () throws(FileError) in try read.add(samples) }
    }
    self.settings = settings
    inputs = read.inputs
    isPaired = shape.isPaired
    names = shape.names
    (values, domains, base, summaries) = (read.values, read.domains, read.base, read.summaries)
    (differences, pairRows, differenceSummaries) = (read.differences, read.pairRows, read.differenceSummaries)
    (adjusted, areLengthsApart) = (read.adjusted, read.areLengthsApart)
    workers = Workers(settings.threads)
  }

  /// The table while metrics are added.
  private struct Reading {
    let settings: ComparisonSettings
    let domains: [Range<Int>], pairRows: [Range<Int>]
    let blocks: Int
    var inputs: [SampleShape] = []
    var values: TileStore
    var differences: TileStore?
    var base: [Double] = []
    var summaries: [[ColumnSummary]]
    var differenceSummaries: [[DifferenceSummary]]
    var adjusted: [[LengthRegression.Adjusted?]]
    var areLengthsApart: [[Bool]]

    init(
      _ shape: SampleShape, metrics: Int, blocks: Int, settings: ComparisonSettings, in folder: URL?
    ) throws(FileError) {
      self.settings = settings
      self.blocks = blocks
      domains = shape.rows
      values = try TileStore(rows: domains.last?.upperBound ?? 0, columns: metrics * blocks, in: folder)
      summaries = domains.map { _ in [] }
      pairRows = shape.isPaired ? SampleShape.rows(shape.pairs.map { shape.counts[$0.a] }) : []
      if shape.isPaired {
        differences = try TileStore(rows: pairRows.last?.upperBound ?? 0, columns: metrics * blocks, in: folder)
      }
      differenceSummaries = pairRows.map { _ in [] }
      (adjusted, areLengthsApart) = (shape.pairs.map { _ in [] }, shape.pairs.map { _ in [] })
    }

    mutating func add(_ samples: MetricSamples) throws(FileError) {
      func value(_ domain: Int, _ text: Int, _ block: Int) -> Double {
        let value = samples.domains[domain].values[text][block]
        return settings.usesLogScale ? log(value) : value
      }
      let regressions = lengthRegressions(samples)
      for block in 0..<blocks {
        let first = domains.firstIndex { !$0.isEmpty }.map { value($0, 0, block) } ?? 0
        base.append(first)
        var column = [Double](repeating: 0, count: values.rows)
        for (domain, rows) in domains.enumerated() {
          for row in rows { column[row] = value(domain, row - rows.lowerBound, block) - first }
          summaries[domain].append(ColumnSummary(column[rows]))
        }
        try values.append(column)
        for (index, (pair, regression)) in zip(samples.pairs, regressions).enumerated() {
          let found = regression.flatMap { regression in
            regression.adjusted(
              [pair.a, pair.b].flatMap { domain in
                samples.domains[domain].values.map { Self.compared($0[block], samples.metric) }
              })
          }
          adjusted[index].append(found)
        }
        guard let texts = differences?.rows else { continue }
        // Computed before the offset is subtracted, because differences have few digits.
        var changes = [Double](repeating: 0, count: texts)
        for (index, (pair, rows)) in zip(samples.pairs, pairRows).enumerated() {
          for row in rows {
            let text = row - rows.lowerBound
            changes[row] = value(pair.a, text, block) - value(pair.b, text, block)
          }
          differenceSummaries[index].append(DifferenceSummary(changes[rows]))
        }
        try differences?.append(changes)
      }
      inputs.append(SampleShape(samples))
    }

    /// Returns the length check of each pair and notes whose lengths hardly overlap. Texts that are paired have their
    /// own lengths on both sides, and there is nothing to check.
    private mutating func lengthRegressions(_ samples: MetricSamples) -> [LengthRegression?] {
      samples.pairs.enumerated().map { index, pair in
        let (a, b) = (samples.domains[pair.a], samples.domains[pair.b])
        let areKnown =
          !samples.isPaired && [a, b].allSatisfy { !$0.values.isEmpty && $0.lengths.count == $0.values.count }
        areLengthsApart[index].append(areKnown && CommonLengths(a.lengths, b.lengths).isLittle)
        return areKnown ? LengthRegression(a.lengths, b.lengths) : nil
      }
    }

    /// Returns a value as the length check takes it: the logarithm, except of metrics that may be negative.
    private static func compared(_ value: Double, _ metric: Metric) -> Double {
      metric.isSigned ? value : log(value)
    }
  }
}

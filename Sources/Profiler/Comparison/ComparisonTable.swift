import Foundation
import Foundations
import Statistics

/// Several metrics of the same texts, in one table: one row per unit (a text, or the mean of a group of texts), domain
/// after domain, one column per metric and block. Column summaries are kept in memory; the values are in a ``TileStore``
/// and are read one pair of domains at a time, so that all metrics share the random draws of a pair.
struct ComparisonTable {
  let inputs: [Input]
  let names: [String]
  let pairs: [DomainPair]
  let settings: ComparisonSettings
  let isPaired: Bool
  /// True for each pair whose differences are tested: of the same texts, or of domains with the same groups.
  let pairings: [Bool]
  /// Values, as logarithms if requested, minus `base`.
  let values: TileStore
  /// The rows of each domain.
  let domains: [Range<Int>]
  /// The rows of both sides of each pair.
  let sides: [(a: UnitRows, b: UnitRows)]
  /// The rows of each domain that are compared with all others at once.
  let apart: [UnitRows]
  /// Offset subtracted from each column: the values of the first text. Results do not depend on the zero point, but a
  /// mean that is large compared with the spread would cost digits.
  let base: [Double]
  /// `[domain][column]`.
  private let summaries: [[ColumnSummary]]
  /// The same of the sides that leave out units, for each of ``partial``.
  private let partialSummaries: [[ColumnSummary]]
  private let partial: [UnitRows]
  /// Differences of the pairs that are tested by these, pair after pair, and the rows of each pair, none of the others.
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

  /// A metric of the table.
  struct Input {
    let metric: Metric
    let scope: Scope?
    /// Number of texts and tokens of both sides of each pair.
    let sides: [(a: Count, b: Count)]

    struct Count {
      let texts: Int, tokens: Int
    }
  }

  /// Returns the summaries of a side's columns.
  func summaries(_ rows: UnitRows) -> [ColumnSummary] {
    rows.isWhole ? summaries[rows.domain] : partial.firstIndex(of: rows).map { partialSummaries[$0] } ?? []
  }

  /// Returns the summaries of a domain's columns.
  func summaries(domain: Int) -> [ColumnSummary] { summaries[domain] }

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
    (isPaired, pairings) = (shape.isPaired, shape.pairings)
    names = shape.names
    pairs = shape.pairs
    (values, domains, base, summaries) = (read.values, read.domains, read.base, read.summaries)
    (sides, apart, partial, partialSummaries) = (read.sides, read.apart, read.partial, read.partialSummaries)
    (differences, pairRows, differenceSummaries) = (read.differences, read.pairRows, read.differenceSummaries)
    (adjusted, areLengthsApart) = (read.adjusted, read.areLengthsApart)
    workers = Workers(settings.threads)
  }

  /// The table while metrics are added.
  private struct Reading {
    let settings: ComparisonSettings
    let domains: [Range<Int>], pairRows: [Range<Int>]
    let units: [SampleUnits]
    let sides: [(a: UnitRows, b: UnitRows)]
    let apart: [UnitRows], partial: [UnitRows]
    let pairings: [Bool]
    let blocks: Int
    var inputs: [Input] = []
    var values: TileStore
    var differences: TileStore?
    var base: [Double] = []
    var summaries: [[ColumnSummary]], partialSummaries: [[ColumnSummary]]
    var differenceSummaries: [[DifferenceSummary]]
    var adjusted: [[LengthRegression.Adjusted?]]
    var areLengthsApart: [[Bool]]

    init(
      _ shape: SampleShape, metrics: Int, blocks: Int, settings: ComparisonSettings, in folder: URL?
    ) throws(FileError) {
      self.settings = settings
      self.blocks = blocks
      domains = shape.rows
      units = shape.units
      pairings = shape.pairings
      let sides = zip(shape.pairs, pairings).map { UnitRows.pair($0, isPaired: $1, shape) }
      self.sides = sides
      apart = shape.isPaired ? [] : UnitRows.apart(shape)
      var partial: [UnitRows] = []
      for rows in sides.flatMap({ [$0.a, $0.b] }) + apart where !rows.isWhole && !partial.contains(rows) {
        partial.append(rows)
      }
      self.partial = partial
      partialSummaries = partial.map { _ in [] }
      values = try TileStore(rows: domains.last?.upperBound ?? 0, columns: metrics * blocks, in: folder)
      summaries = domains.map { _ in [] }
      pairRows = SampleShape.rows(zip(sides, pairings).map { $1 ? $0.a.count : 0 })
      if pairings.contains(true) {
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
        let means = units.enumerated().map { domain, units in units.means { value(domain, $0, block) } }
        let first = means.lazy.compactMap(\.first).first ?? 0
        base.append(first)
        let column = means.flatMap { $0.map { $0 - first } }
        for (domain, rows) in domains.enumerated() { summaries[domain].append(ColumnSummary(column[rows])) }
        for (index, rows) in partial.enumerated() {
          partialSummaries[index].append(ColumnSummary(rows.ranges.flatMap { column[$0] }[...]))
        }
        try values.append(column)
        adjust(samples, block, regressions)
        guard differences != nil else { continue }
        // Computed before the offset is subtracted, because differences have few digits.
        var changes: [Double] = []
        for (index, pair) in samples.pairs.enumerated() where pairings[index] {
          changes +=
            samples.isPaired
            ? units[pair.a].means { value(pair.a, $0, block) - value(pair.b, $0, block) }
            : zip(sides[index].a.of(means[pair.a]), sides[index].b.of(means[pair.b])).map { $0 - $1 }
          differenceSummaries[index].append(DifferenceSummary(changes[pairRows[index]]))
        }
        try differences?.append(changes)
      }
      inputs.append(
        Input(
          metric: samples.metric, scope: samples.scope,
          sides: sides.map { side in (count(side.a, samples), count(side.b, samples)) }))
    }

    /// Returns the number of texts and tokens in some rows.
    private func count(_ rows: UnitRows, _ samples: MetricSamples) -> Input.Count {
      let (sample, units) = (samples.domains[rows.domain], units[rows.domain])
      guard !rows.isWhole else { return Input.Count(texts: sample.values.count, tokens: sample.tokens) }
      func sum(_ numbers: [Int]) -> Int { rows.of(numbers).reduce(0, +) }
      return Input.Count(texts: sum(units.unitSizes), tokens: sum(units.sums(sample.lengths)))
    }

    /// Returns the length check of each pair and notes whose lengths hardly overlap. Texts that are paired have their
    /// own lengths on both sides, and there is nothing to check. Of paired groups the regression would not be one of
    /// independent values.
    private mutating func lengthRegressions(_ samples: MetricSamples) -> [LengthRegression?] {
      let lengths = samples.isPaired ? samples.domains.map { _ in nil } : samples.domains.map(\.unitLengths)
      return sides.enumerated().map { index, side in
        let known = lengths[side.a.domain].flatMap { a in lengths[side.b.domain].map { (side.a.of(a), side.b.of($0)) } }
        // Without a unit on a side there is nothing to be apart.
        guard let (a, b) = known, !a.isEmpty, !b.isEmpty else {
          areLengthsApart[index].append(false)
          return nil
        }
        areLengthsApart[index].append(CommonLengths(a, b).isLittle)
        return pairings[index] ? nil : LengthRegression(a, b)
      }
    }

    /// Adds the differences of a block at equal length, of logarithms except for metrics that may be negative.
    private mutating func adjust(_ samples: MetricSamples, _ block: Int, _ regressions: [LengthRegression?]) {
      guard regressions.contains(where: { $0 != nil }) else {
        for index in adjusted.indices { adjusted[index].append(nil) }
        return
      }
      let means = zip(units, samples.domains).map { units, sample in
        units.means { samples.metric.isSigned ? sample.values[$0][block] : log(sample.values[$0][block]) }
      }
      for (index, (side, regression)) in zip(sides, regressions).enumerated() {
        adjusted[index].append(
          regression.flatMap { $0.adjusted(side.a.of(means[side.a.domain]) + side.b.of(means[side.b.domain])) })
      }
    }
  }
}

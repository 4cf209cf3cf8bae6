import Foundation
import Foundations
import ProfileStore
public import Profiler
public import Statistics

/// Several runs of the same texts in an order that means something, such as checkpoints of one training: each is compared
/// with the first, and the change along the order is tested.
public struct OrderedRuns: Sendable {
  /// The first run with each of the others, in order.
  public let comparisons: [ComparedRuns]

  /// Tokens of each text that are compared, as for `ComparedRuns`.
  public var prefix: String { comparisons.first?.prefix ?? "" }

  /// Runs in order.
  private var runs: [LoadedRun] { comparisons.prefix(1).map { $0.runs[0] } + comparisons.map { $0.runs[1] } }

  /// - Parameters:
  ///   - runs: the runs, at least three, all of the same blocks.
  ///   - tokens: as for `ComparedRuns`.
  ///   - isUnpaired: as for `ComparedRuns`.
  /// - Throws: ``RunComparisonError``.
  public init(
    _ runs: [LoadedRun], matchingTokens tokens: Int? = nil, isUnpaired: Bool = false
  ) throws(RunComparisonError) {
    var found: [ComparedRuns] = []
    for (place, other) in runs.enumerated().dropFirst() {
      for earlier in runs[..<place] where earlier.directory.isSameFolder(as: other.directory) {
        throw .sameRun(other.directory.relativePath)
      }
      found.append(try ComparedRuns(runs[0], other, matchingTokens: tokens, isUnpaired: isUnpaired))
    }
    comparisons = found
  }

  /// Columns that all comparisons have of a choice of metrics and scopes.
  ///
  /// - Parameters:
  ///   - metrics: metrics to compare; all if empty.
  ///   - scopes: scopes to compare; each metric's most restrictive one if empty.
  ///   - isPositive: true to leave out metrics that may be negative, unless they are named.
  /// - Throws: ``RunComparisonError`` as for one comparison.
  public func columns(
    metrics: [Metric], scopes: [Scope], isPositive: Bool = false
  ) throws(RunComparisonError) -> [ComparedColumn] {
    var common: [ComparedColumn]?
    for comparison in comparisons {
      let columns = try comparison.columns(metrics: metrics, scopes: scopes, isPositive: isPositive)
      common = common.map { $0.filter(columns.contains) } ?? columns
    }
    return common ?? []
  }

  /// Returns the change along the order of the texts that all runs have; none for runs that are not paired.
  ///
  /// - Parameters:
  ///   - columns: columns of all runs.
  ///   - settings: the scale; draws are not made.
  /// - Returns: the trends of each column, by domain and block.
  /// - Throws: `ComparisonError`, `FileError` if the rows of a run cannot be read back.
  public func trends(_ columns: [ComparedColumn], _ settings: ComparisonSettings) throws -> [[OrderedTrend]] {
    guard comparisons.allSatisfy({ $0.design == .paired }), let first = comparisons.first else { return [] }
    return try columns.map { column in
      try OrderedTrend.all(
        samples(column), metric: column.metric, scope: column.scope, layers: first.layers,
        usesLogScale: settings.usesLogScale)
    }
  }

  /// Returns `[run][domain]`, the texts of each domain that all runs have, in the order of the first run.
  private func samples(_ column: ComparedColumn) throws -> [[DomainSample]] {
    let runs = runs
    let names = comparisons.dropFirst().reduce(comparisons.first?.names ?? []) { names, comparison in
      names.filter(comparison.names.containsBytes(of:))
    }
    var values = names.map { _ in [TextHash: [[Double]]]() }
    var order = names.map { _ in [LoadedRun.Text]() }
    for (number, run) in runs.enumerated() {
      let places = run.domains.map { names.firstIndex(ofBytes: $0.name) }
      try run.forEachValue(column.metric, column.scope) { domain, text, row in
        guard let place = places[domain] else { return }
        if number == 0 {
          let isCommon = comparisons.allSatisfy { comparison in
            comparison.names.firstIndex(ofBytes: names[place]).map { comparison.isCompared(text, $0, column.scope) }
              ?? false
          }
          guard isCommon else { return }
          order[place].append(text)
          values[place][text.hash] = [row]
        } else if values[place][text.hash]?.count == number {
          values[place][text.hash]?.append(row)
        }
      }
    }
    return runs.indices.map { number in
      names.enumerated().map { place, name in
        let texts = order[place].filter { values[place][$0.hash]?.count == runs.count }
        // All runs have the same texts, so the groups of one are those of all.
        return DomainSample(
          name: name, values: texts.compactMap { values[place][$0.hash]?[number] },
          groups: runs[0].groups.areShared ? texts.map(\.group) : [], lengths: texts.map(\.tokens))
      }
    }
  }
}

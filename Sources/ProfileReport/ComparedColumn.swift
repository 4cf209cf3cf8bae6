public import Profiler
public import Statistics

/// Unit of comparison, corrected as one family: a metric in a scope, or a metric of the whole text.
public struct ComparedColumn: Hashable, Sendable {
  public let metric: Metric
  /// Scope of the metric; nil for a metric of the text.
  public let scope: Scope?
}

extension ComparedColumn {
  /// Metrics in all of `scopes` that define them: in the order of the metrics, then of the scopes.
  static func all(_ metrics: [Metric], _ scopes: [Scope]) -> [ComparedColumn] {
    metrics.flatMap { metric in
      metric.isOfText
        ? [ComparedColumn(metric: metric, scope: nil)]
        : scopes.filter(metric.scopes.contains).map { ComparedColumn(metric: metric, scope: $0) }
    }
  }
}

extension ComparedRuns {
  /// All metrics in all scopes that define them, in the order of `comparison.csv`: that of the table of metrics, then
  /// of the scopes.
  public var columns: [ComparedColumn] { ComparedColumn.all(metrics, scopes) }

  /// Default columns of a comparison: every metric in its most restrictive scope.
  public var mainColumns: [ComparedColumn] {
    columns.filter { column in
      column.scope == nil || column.scope == scopes.last(where: column.metric.scopes.contains)
    }
  }

  /// Returns the columns of a choice of metrics and scopes, in the order of the files.
  ///
  /// - Parameters:
  ///   - metrics: metrics to compare; all if empty.
  ///   - chosen: scopes to compare; each metric's most restrictive one if empty.
  ///   - isPositive: true if logarithms or ratios are compared: metrics that may be negative are left out unless they are
  ///     named.
  /// - Throws: ``RunComparisonError/metric(_:)`` or ``RunComparisonError/scope(_:)`` for a metric or a scope that a run
  ///   does not have, ``RunComparisonError/option(_:expected:found:)`` for a metric without any of the scopes.
  public func columns(
    metrics chosenMetrics: [Metric], scopes chosen: [Scope], isPositive: Bool = false
  ) throws(RunComparisonError) -> [ComparedColumn] {
    for run in runs {
      for metric in chosenMetrics { if let missing = MissingMetric(metric, in: run) { throw .metric(missing) } }
      for scope in chosen { if let missing = MissingScope(scope, in: run) { throw .scope(missing) } }
    }
    let columns = (chosen.isEmpty ? mainColumns : columns).filter { column in
      let isWanted =
        chosenMetrics.isEmpty ? !(isPositive && column.metric.isSigned) : chosenMetrics.contains(column.metric)
      return isWanted && (chosen.isEmpty || column.scope.map(chosen.contains) ?? true)
    }
    for metric in chosenMetrics where !columns.contains(where: { $0.metric == metric }) {
      let known = metric.scopes.filter(scopes.contains).map(\.rawValue).joined(separator: " or ")
      throw .option(
        "--scope", expected: "\(known) for \(metric.rawValue)", found: chosen.map(\.rawValue).joined(separator: ", "))
    }
    return columns
  }

  /// Compares column by column, reading each column on demand.
  ///
  /// - Parameter progress: called with the completed fraction, from 0 to 1.
  /// - Throws: `ComparisonError`.
  public func comparisons(
    _ columns: [ComparedColumn], _ settings: ComparisonSettings, progress: (Double) -> Void = { _ in }
  ) throws(ComparisonError) -> [DomainComparison] {
    let sources = columns.map { column in SampleSource { try samples(column.metric, column.scope) } }
    return try DomainComparison.compare(
      sources, layers: layers, settings: settings, scratch: runs[0].directory, progress: progress)
  }

  /// Returns the memory required to compare the given number of columns.
  package func memory(columns: Int) -> ReportMemory {
    let texts = texts.map(\.texts.count)
    return ReportMemory(
      texts: texts, blocks: layers.count, columns: columns, isPaired: design == .paired,
      // Hashes of the texts of both runs, with the values of one.
      held: design == .paired ? texts.reduce(0, +) * (8 * layers.count + 120) : 0)
  }
}

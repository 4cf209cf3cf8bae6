public import Profiler
public import Statistics

/// Unit of comparison, corrected as one family: a metric in a scope, or a metric of the whole text.
public struct ComparedColumn: Hashable, Sendable {
  public let metric: Metric
  /// Scope of the metric; nil for a metric of the text.
  public let scope: Scope?
}

extension ComparedRuns {
  /// All metrics in all scopes that define them, in the order of `comparison.csv`: for each scope the metrics of
  /// blocks, then the metrics of texts.
  public var columns: [ComparedColumn] {
    scopes.flatMap { scope in
      metrics.filter { !$0.isOfText && $0.scopes.contains(scope) }.map { ComparedColumn(metric: $0, scope: scope) }
    } + metrics.filter(\.isOfText).map { ComparedColumn(metric: $0, scope: nil) }
  }

  /// Default columns of a comparison: every metric in its most restrictive scope.
  public var mainColumns: [ComparedColumn] {
    columns.filter { column in column.scope == scopes.last(where: column.metric.scopes.contains) || column.scope == nil
    }
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

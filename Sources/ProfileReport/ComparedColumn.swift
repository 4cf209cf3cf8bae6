public import Profiler

/// What is compared at a time, and corrected as one family: a metric in a scope, or a metric of the whole text.
public struct ComparedColumn: Hashable, Sendable {
  public let metric: Metric
  /// Nil for a metric of the text.
  public let scope: Scope?
}

extension ComparedRuns {
  /// Every metric in every scope that it is taken in, in the order of `comparison.csv`: scope by scope the metrics of blocks, then
  /// those of texts.
  public var columns: [ComparedColumn] {
    scopes.flatMap { scope in
      metrics.filter { !$0.isOfText && $0.scopes.contains(scope) }.map { ComparedColumn(metric: $0, scope: scope) }
    } + metrics.filter(\.isOfText).map { ComparedColumn(metric: $0, scope: nil) }
  }

  /// What is compared unless something else is asked for: every metric in that scope of those it is taken in that leaves out
  /// most.
  public var mainColumns: [ComparedColumn] {
    columns.filter { column in column.scope == scopes.last(where: column.metric.scopes.contains) || column.scope == nil
    }
  }

  /// Compares column by column; a column is read when its turn comes.
  ///
  /// - Parameter progress: called with the share that is done, from 0 to 1.
  /// - Throws: `ComparisonError`.
  public func comparisons(
    _ columns: [ComparedColumn], _ settings: ComparisonSettings, progress: (Double) -> Void = { _ in }
  ) throws(ComparisonError) -> [DomainComparison] {
    let sources = columns.map { column in SampleSource { try samples(column.metric, column.scope) } }
    return try DomainComparison.compare(
      sources, layers: layers, settings: settings, scratch: runs[0].directory, progress: progress)
  }

  /// What it takes to compare so many columns.
  package func memory(columns: Int) -> ReportMemory {
    let texts = texts.map(\.texts.count)
    return ReportMemory(
      texts: texts, blocks: layers.count, columns: columns, isPaired: design == .paired,
      // The texts of both runs by their hashes, with the values of one.
      held: design == .paired ? texts.reduce(0, +) * (8 * layers.count + 120) : 0)
  }
}

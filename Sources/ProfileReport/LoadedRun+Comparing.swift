public import Profiler
public import Statistics

extension LoadedRun {
  /// Compares the domains by every metric in each scope, and by every metric of texts.
  ///
  /// - Parameter progress: called with the completed fraction, from 0 to 1.
  /// - Returns: Comparisons in the order of the table of metrics, then of the scopes; one of a metric of texts.
  /// - Throws: `ComparisonError`.
  public func comparisons(
    _ settings: ComparisonSettings, progress: (Double) -> Void = { _ in }
  ) throws(ComparisonError) -> [DomainComparison] {
    let matched = matchedDomains()
    let sources = ComparedColumn.all(allMetrics, scopes).map { column in
      SampleSource {
        MetricSamples(
          metric: column.metric, scope: column.scope, domains: try samples(column.metric, column.scope),
          matched: matched)
      }
    }
    return try DomainComparison.compare(
      sources, layers: layers, settings: settings, scratch: directory, progress: progress)
  }
}

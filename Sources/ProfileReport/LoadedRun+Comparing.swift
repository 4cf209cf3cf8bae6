public import Profiler
public import Statistics

extension LoadedRun {
  /// Compares the domains by every metric in each scope, and by every metric of texts.
  ///
  /// - Parameter progress: called with the completed fraction, from 0 to 1.
  /// - Returns: Comparisons by metric in the order of ``metrics``, then scope, followed by those of ``textMetrics``.
  /// - Throws: `ComparisonError`.
  public func comparisons(
    _ settings: ComparisonSettings, progress: (Double) -> Void = { _ in }
  ) throws(ComparisonError) -> [DomainComparison] {
    let ofBlocks = metrics.flatMap { metric in scopes.filter(metric.scopes.contains).map { (metric, Scope?.some($0)) } }
    let sources = (ofBlocks + textMetrics.map { ($0, nil) }).map { metric, scope in
      SampleSource { MetricSamples(metric: metric, scope: scope, domains: try samples(metric, scope)) }
    }
    return try DomainComparison.compare(
      sources, layers: layers, settings: settings, scratch: directory, progress: progress)
  }
}

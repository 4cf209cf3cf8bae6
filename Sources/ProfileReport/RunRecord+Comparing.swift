public import Profiler

extension RunRecord {
  /// Compares the domains by every metric in each scope.
  ///
  /// - Parameter progress: called with the share that is done, from 0 to 1.
  /// - Returns: metric by metric in the order of ``metrics``, scope by scope.
  /// - Throws: `ComparisonError`; `FileError` where the rows of the run cannot be read back.
  public func comparisons(
    _ settings: ComparisonSettings, progress: (Double) -> Void = { _ in }
  ) throws -> [DomainComparison] {
    let inputs = try metrics.flatMap { metric in
      try scopes.filter(metric.scopes.contains)
        .map { MetricSamples(metric: metric, scope: $0, domains: try samples(metric, $0)) }
    }
    return try DomainComparison.compare(inputs, layers: layers, settings: settings, progress: progress)
  }
}

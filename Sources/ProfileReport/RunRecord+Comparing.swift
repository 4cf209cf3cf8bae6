public import Profiler

extension RunRecord {
  /// Compares the domains by every metric in each scope, and by every metric of texts.
  ///
  /// - Parameter progress: called with the share that is done, from 0 to 1.
  /// - Returns: metric by metric in the order of ``metrics``, scope by scope; last those of ``textMetrics``.
  /// - Throws: `ComparisonError`; `FileError` where the rows cannot be read back.
  public func comparisons(
    _ settings: ComparisonSettings, progress: (Double) -> Void = { _ in }
  ) throws -> [DomainComparison] {
    let inputs = try metrics.flatMap { metric in
      try scopes.filter(metric.scopes.contains)
        .map { MetricSamples(metric: metric, scope: $0, domains: try samples(metric, $0)) }
    }
    let ofTexts = try textMetrics.map { MetricSamples(metric: $0, scope: nil, domains: try samples($0, nil)) }
    return try DomainComparison.compare(inputs + ofTexts, layers: layers, settings: settings, progress: progress)
  }
}

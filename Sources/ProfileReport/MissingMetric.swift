import Foundation
import Foundations
public import Profiler

/// Metric that a run lacks. The description is one line that says how to get it.
public struct MissingMetric: Equatable, Sendable, CustomStringConvertible {
  /// Path of the run.
  public let run: String
  public let metric: Metric

  /// Nil if the run has the metric.
  init?(_ metric: Metric, in run: LoadedRun) {
    guard !run.allMetrics.contains(metric) else { return nil }
    (self.run, self.metric) = (run.directory.relativePath, metric)
  }

  public var description: String {
    let found =
      switch metric.group {
      case .standard: "a run of an earlier version, which has none; profile its texts again with another --output"
      case .likelihood: "none; profile its texts again with --nll and another --output"
      case .spectrum: "none; profile its texts again with --spectrum and another --output"
      }
    return "\(run.onOneLine): expected the metric \(metric), found \(found)"
  }
}

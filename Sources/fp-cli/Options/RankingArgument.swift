import ArgumentParser
import ProfileReport
import Profiler

/// Metric by which blocks can be ranked.
struct RankingArgument: ExpressibleByArgument {
  static let allValueStrings = PruneSuggestion.metrics.map(\.rawValue)
  let metric: Metric

  init?(argument: String) {
    guard let metric = PruneSuggestion.metrics.first(where: { $0.rawValue == argument }) else { return nil }
    self.metric = metric
  }
}

import Foundations
package import Profiler
import Statistics

extension LoadedRun {
  /// Returns what the profiles of `abs_mean` in its main scope are made of; nil if fewer than two domains have enough
  /// texts.
  ///
  /// - Throws: `FileError` if the rows cannot be read back.
  package func composition(seed: UInt64, threads: Int) throws -> ProfileComposition? {
    guard metrics.contains(.absMean) else { return nil }
    return try composition(
      .absMean, mainScope(.absMean), seed: seed, identifies: true, Workers(threads))
  }

  /// Returns the shapes of every metric without a sign in each of its scopes, in the order of the table of metrics.
  ///
  /// - Throws: `FileError` if the rows cannot be read back.
  package func shapes(seed: UInt64, threads: Int) throws -> [ProfileComposition] {
    let workers = Workers(threads)
    return try metrics.filter { !$0.isSigned }.flatMap { metric in
      try scopes.filter(metric.scopes.contains).compactMap { scope in
        try composition(metric, scope, seed: seed, identifies: false, workers)
      }
    }
  }

  private func composition(
    _ metric: Metric, _ scope: Scope, seed: UInt64, identifies: Bool, _ workers: Workers
  ) throws -> ProfileComposition? {
    var input = ProfileComposition.Input(metric, scope, domains: domains.map(\.name), layers: layers)
    try forEachValue(metric, scope) { domain, text, values in
      // Copies and near-copies share a group, across domains too.
      input.add(values, domain: domain, tokens: text.tokens, group: text.group)
    }
    var settings = Identification.Settings()
    settings.seed = seed
    return ProfileComposition(input, settings: settings, identifies: identifies, workers)
  }
}

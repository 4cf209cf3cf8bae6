import Foundations
package import Profiler
import Statistics

extension LoadedRun {
  /// Returns what the profiles of `abs_mean` in its main scope are made of; nil if fewer than two domains have enough
  /// texts. Texts are also identified by their first tokens, equally many of each, if the run keeps sums over these.
  ///
  /// - Throws: `FileError` if the rows cannot be read back; `StoreError` if the sums cannot.
  package func composition(seed: UInt64, threads: Int) throws -> ProfileComposition? {
    guard metrics.contains(.absMean) else { return nil }
    let (scope, workers) = (mainScope(.absMean), Workers(threads))
    var settings = Identification.Settings()
    settings.seed = seed
    guard
      var composition = try ProfileComposition(
        compositionInput(.absMean, scope), settings: settings, identifies: true, workers)
    else { return nil }
    if let tokens = commonTokens, let cut = try cut(to: .first(tokens)) {
      try composition.identify(byFirst: tokens, cut.compositionInput(.absMean, scope), settings: settings, workers)
    }
    return composition
  }

  /// Number of first tokens by which texts of all domains can be held against each other at equal length: the most, at the
  /// end of a bucket of positions, that ten texts of every domain have (one for each fold), at least 8. Nil if there is none,
  /// and if no text has more.
  var commonTokens: Int? {
    let lengths = domains.map { domain in domain.texts.lazy.filter { !$0.isCopy }.map(\.tokens) }
      .filter { $0.count >= Identification.leastGroups }
    guard lengths.count > 1, let most = lengths.joined().max() else { return nil }
    return PositionBucket.ends(upTo: most - 1).last { end in
      end >= 8 && lengths.allSatisfy { $0.count { $0 >= end } >= Identification.Settings().folds }
    }
  }

  /// Returns the shapes of every metric without a sign in each of its scopes, in the order of the table of metrics.
  ///
  /// - Throws: `FileError` if the rows cannot be read back.
  package func shapes(seed: UInt64, threads: Int) throws -> [ProfileComposition] {
    let workers = Workers(threads)
    var settings = Identification.Settings()
    settings.seed = seed
    return try metrics.filter { !$0.isSigned }.flatMap { metric in
      try scopes.filter(metric.scopes.contains).compactMap { scope in
        try ProfileComposition(compositionInput(metric, scope), settings: settings, identifies: false, workers)
      }
    }
  }

  private func compositionInput(_ metric: Metric, _ scope: Scope) throws -> ProfileComposition.Input {
    var input = ProfileComposition.Input(metric, scope, domains: domains.map(\.name), layers: layers)
    try forEachValue(metric, scope) { domain, text, values in
      // Copies and near-copies share a group, across domains too.
      input.add(values, domain: domain, tokens: text.tokens, group: text.group)
    }
    return input
  }
}

import Foundation
import Foundations
import LlamaCore
import ProfileStore
import Profiler

extension LoadedRun {
  /// Returns what the removals of the run cost, by its domains, which may be pools; nil for a run without removals. Reads
  /// the file of the run again, text by text.
  ///
  /// - Throws: `StoreError`.
  public func ablation() throws -> RunAblation? {
    guard var ablation = try removalCosts() else { return nil }
    var settings = AblationSettings()
    settings.threads = RunOptions().threads
    settings.margin = self.settings.margin ?? settings.margin
    ablation.curves = try removalCurves(settings)
    ablation.finish(settings)
    return ablation
  }

  /// Returns what removing units one after the other costs; empty for a run without, and for pools: curves are of the domains
  /// by whose texts the rules chose.
  ///
  /// - Parameter settings: resamples of the intervals; none by default.
  /// - Throws: `StoreError`.
  func removalCurves(_ settings: AblationSettings? = nil) throws -> [RemovalCurve] {
    guard pools.isEmpty else { return [] }
    var without = AblationSettings()
    without.resamples = 0
    return try opened().removalCurves(settings ?? without)
  }

  /// As above, before statistics are computed.
  func removalCosts() throws -> RunAblation? {
    guard let ablation = settings.ablation else { return nil }
    let store = try opened()
    var result = RunAblation(
      ablation, domains: domains.map(\.name), layers: layers, program: settings.program,
      metrics: settings.metrics, scopes: store.scopes)
    // A pool has the texts of several domains, in the order of the corpus.
    var next = domains.map { _ in 0 }
    try store.forEachText { domain, text in
      guard let place = places[domain] else { return }
      guard domains[place].texts.indices.contains(next[place]) else { throw Self.replaced(store) }
      let entry = domains[place].texts[next[place]]
      result.add(text, domain: place, isCopy: entry.isCopy, group: groups.areShared ? entry.group : nil)
      next[place] += 1
    }
    return result
  }

  /// Opens the file of the run again.
  func opened() throws -> ProfileStore {
    let store = try ProfileStore(reading: directory.appending(path: RunFolder.fileName))
    guard store.settings.fingerprint == settings.fingerprint,
      try store.domains().map(\.name).hasSameBytes(as: corpusDomains)
    else {
      throw Self.replaced(store)
    }
    return store
  }

  private static func replaced(_ store: ProfileStore) -> StoreError {
    .malformed(
      file: store.file, place: "table text",
      reason: "expected the run that was read before, found one that has replaced it; repeat the command")
  }
}

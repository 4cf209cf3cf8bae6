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
    var ablation = try removalCosts()
    var settings = AblationSettings()
    settings.threads = RunOptions().threads
    ablation?.finish(settings)
    return ablation
  }

  /// As above, before statistics are computed.
  func removalCosts() throws -> RunAblation? {
    guard let ablation = settings.ablation else { return nil }
    let store = try ProfileStore(reading: directory.appending(path: RunFolder.fileName))
    let replaced = StoreError.malformed(
      file: store.file, place: "table text",
      reason: "expected the run that was read before, found one that has replaced it; repeat the command")
    guard store.settings == settings, try store.domains().map(\.name).hasSameBytes(as: corpusDomains) else {
      throw replaced
    }
    var result = RunAblation(
      ablation, domains: domains.map(\.name), layers: layers, metrics: settings.metrics, scopes: store.scopes)
    // A pool has the texts of several domains, in the order of the corpus.
    var next = domains.map { _ in 0 }
    try store.forEachText { domain, text in
      guard let place = places[domain] else { return }
      guard domains[place].texts.indices.contains(next[place]) else { throw replaced }
      result.add(text, domain: place, isCopy: domains[place].texts[next[place]].isCopy)
      next[place] += 1
    }
    return result
  }
}

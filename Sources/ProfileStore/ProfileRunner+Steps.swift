import Foundation
import Foundations
import LlamaCore
import Profiler

/// Removal of units one after the other, once every text has been run.
extension ProfileRunner {
  /// Progress of the removal of units one after the other.
  public struct StepProgress: Sendable {
    /// Rule and step, such as `greedy, step 2 of 6`.
    public let label: String
    /// Share that is done of what the label names.
    public let fraction: Double
  }

  /// Returns true if every text has been run and every step of the run's removals is measured.
  ///
  /// - Throws: ``StoreError``.
  public func isFinished() throws -> Bool {
    guard try store.counts().isFinished else { return false }
    var settings = AblationSettings()
    settings.resamples = 0
    do { _ = try store.removalCurves(settings) } catch StoreError.unfinishedSteps { return false }
    return true
  }

  /// Measures what the steps of the run's removals need and is not there yet; nothing for a run without.
  ///
  /// Every text's likelihoods are on the disk before the next text's are computed, so what was stopped goes on from there.
  /// - Parameters:
  ///   - started: when the session began; now by default.
  ///   - progress: called after every block.
  /// - Throws: `RunError`, ``StoreError``, or what the callback throws.
  public func runSteps(
    started: ContinuousClock.Instant = .now, progress: @escaping (StepProgress) throws -> Void = { _ in }
  ) throws {
    guard let steps = store.settings.steps, let ablation = store.settings.ablation else { return }
    let texts = try store.texts(of: profiler.corpus)
    let means = profiler.outputs(try means { _ in })
    var known = try store.likelihoods()
    var settings = AblationSettings()
    settings.resamples = 0
    _ = try store.removalSearch(steps, ablation).curves(&known, settings: settings) { request, known in
      try measure(request, &known, texts, means, started, progress)
    }
  }

  private func measure(
    _ request: RemovalSearch.Request, _ known: inout RemovalLikelihoods, _ texts: [Int: PlacedText],
    _ means: [MeanOutputs], _ started: ContinuousClock.Instant, _ progress: @escaping (StepProgress) throws -> Void
  ) throws {
    if !hasWorked {
      try store.begin(session)
      hasWorked = true
    }
    // Texts that lack the same go together: all of them, but for one at which a process was stopped.
    let lacking = request.texts.map { text in (text: text, removals: request.removals.filter { !known.has($0, [text]) })
    }
    .filter { !$0.removals.isEmpty }
    let total = lacking.reduce(0) { $0 + $1.removals.count }
    var done = 0
    var rest = lacking[...]
    while let first = rest.first {
      let group = rest.prefix { $0.removals == first.removals }
      rest = rest.dropFirst(group.count)
      let before = Double(done) / Double(total)
      let share = Double(group.count * first.removals.count) / Double(total)
      try measure(request.base, first.removals, group.map(\.text), texts, means, &known) { fraction in
        try progress(StepProgress(label: request.label, fraction: before + share * fraction))
      }
      done += group.count * first.removals.count
      session.ended = Date()
      session.seconds = (ContinuousClock.now - started) / .seconds(1)
      session.peakResident = SystemMemory.peakResident
    }
  }

  /// Measures texts under models without the units of each removal, all of which contain `base`.
  private func measure(
    _ base: Removal?, _ removals: [Removal], _ ids: [Int], _ texts: [Int: PlacedText],
    _ means: [MeanOutputs],
    _ known: inout RemovalLikelihoods, progress: @escaping (Double) throws -> Void
  ) throws {
    // What the base is without is no part of what is tried: a copy is to part from it as late as possible.
    let tried = removals.map { removal in
      Removal(Set(removal.units).subtracting(base?.units ?? []), keepsFirst: removal.keepsFirst)
    }
    let baseName = base?.description ?? ""
    var nobody = NoObserver()
    let spent = try model.ablate(
      ids.map { texts[$0]?.tokens ?? [] }, tried, without: base,
      means: means.isEmpty ? [] : ids.compactMap { texts[$0].map { means[$0.place] } }, options: options,
      observer: &nobody,
      progress: { try progress($0.fraction) },
      receive: { text in
        let id = ids[text.text]
        var cuts = text.costs.enumerated().map { place, cost in
          (removed: removals[text.firstRemoval + place].description, text: id, nll: cost.nll ?? .nan)
        }
        if base != nil, let nll = text.likelihood.mean { cuts.append((baseName, id, nll)) }
        try store.add(cuts)
        for cut in cuts { known.add(cut.removed, cut.text, cut.nll) }
      })
    timing = timing.map { $0 + spent } ?? spent
  }
}

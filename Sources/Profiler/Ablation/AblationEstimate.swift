public import LlamaCore

/// Time and memory that an ablation will take on this machine.
public struct AblationEstimate: Sendable {
  public let plan: RemovalPlan
  /// Number of texts and of tokens.
  public let texts, tokens: Int
  /// Number of removals.
  public let removals: Int
  /// Seconds of the run.
  public let seconds: Double
}

extension CorpusProfiler {
  /// Measures a profile of a sample, see ``estimate(with:options:)``, and takes the ablation to reach the same operations
  /// per second.
  ///
  /// - Throws: `RunError`, ``ProfileError``.
  public func estimateAblation(with model: LlamaModel, options: RunOptions = RunOptions()) throws -> AblationEstimate {
    let removals = ablation?.removals ?? []
    let lengths = corpus.domains.flatMap { $0.texts.map(\.tokens.count) }
    let plan = try model.plan(
      lengths, removals: removals, hasEffects: ablation?.hasEffects ?? false, options: runOptions(options, model))
    // Only for its time: the ablation's own plan keeps to the memory limit.
    var calibration = options
    calibration.memoryLimit = nil
    let profile = try estimate(with: model, options: calibration)
    let share = plan.matmulOperations / max(1, profile.plan.matmulOperations)
    return AblationEstimate(
      plan: plan, texts: lengths.count, tokens: lengths.reduce(0, +), removals: removals.count,
      seconds: max(profile.diskSeconds, profile.computeSeconds * share))
  }
}

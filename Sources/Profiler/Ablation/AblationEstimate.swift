public import LlamaCore

/// Time and memory that an ablation will take on this machine.
public struct AblationEstimate: Sendable {
  public let plan: RemovalPlan
  /// Number of texts and of tokens.
  public let texts, tokens: Int
  /// Number of removals.
  public let removals: Int
  /// Operations of the removal of units one after the other, besides those of the plan; 0 without.
  public let stepOperations: Double
  /// Seconds of the run.
  public let seconds: Double
}

extension CorpusProfiler {
  /// Measures a profile of a sample, see ``estimate(with:options:)``, and takes the ablation to reach the same operations
  /// per second.
  ///
  /// - Parameters:
  ///   - model: the model for which the profiler was created.
  ///   - steps: removal of units one after the other; nil for none.
  ///   - options: how the run uses the machine.
  /// - Throws: `RunError`, ``ProfileError``.
  public func estimateAblation(
    with model: LlamaModel, steps: RemovalSteps? = nil, options: RunOptions = RunOptions()
  ) throws -> AblationEstimate {
    let removals = ablation?.removals ?? []
    let lengths = corpus.domains.flatMap { $0.texts.map(\.tokens.count) }
    let plan = try model.plan(
      lengths, removals: removals, hasEffects: ablation?.hasEffects ?? false, options: runOptions(options, model))
    // Only for its time: the ablation's own plan keeps to the memory limit.
    var calibration = options
    calibration.memoryLimit = nil
    let profile = try estimate(with: model, options: calibration)
    let stepOperations =
      try ablation.flatMap { ablation in
        try steps?.matmulOperations(of: ablation, corpus, model, options: runOptions(options, model))
      } ?? 0
    let share = (plan.matmulOperations + stepOperations) / max(1, profile.plan.matmulOperations)
    return AblationEstimate(
      plan: plan, texts: lengths.count, tokens: lengths.reduce(0, +), removals: removals.count,
      stepOperations: stepOperations,
      seconds: max(profile.diskSeconds, profile.computeSeconds * share))
  }
}

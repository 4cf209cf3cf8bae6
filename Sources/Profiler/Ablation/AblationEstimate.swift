public import LlamaCore

/// Time and memory that an ablation will take on this machine.
public struct AblationEstimate: Sendable {
  public let plan: RemovalPlan
  /// Number of texts and of tokens.
  public let texts, tokens: Int
  /// Number of readings of the weights: those of the plan, and of the texts whose means removed parts add.
  public let readings: Int
  /// Operations of the products with weights, those of these texts included.
  public let matmulOperations: Double
  /// Peak resident memory of the process in bytes.
  public let peakBytes: Int
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
    let means = try meansPlan(with: model, options: options)
    let operations = plan.matmulOperations + (means?.matmulOperations ?? 0)
    let share = operations / max(1, profile.plan.matmulOperations)
    return AblationEstimate(
      plan: plan, texts: lengths.count, tokens: lengths.reduce(0, +),
      readings: plan.groups.count + (means?.waves ?? 0), matmulOperations: operations,
      peakBytes: max(plan.peakBytes, means?.peakBytes ?? 0), removals: removals.count,
      seconds: max(profile.diskSeconds, profile.computeSeconds * share))
  }
}

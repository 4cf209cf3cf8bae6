import Foundation
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
  /// Number of removals, or of swaps.
  public let removals: Int
  /// True if parts are swapped, not removed.
  public let isSwap: Bool
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
  /// - Throws: `RunError`, ``ProfileError``; of a swap also `EditError` and the errors of a checkpoint.
  public func estimateAblation(
    with model: LlamaModel, steps: RemovalSteps? = nil, options: RunOptions = RunOptions()
  ) throws -> AblationEstimate {
    let ablation = ablation ?? Ablation([])
    let lengths = corpus.domains.flatMap { $0.texts.map(\.tokens.count) }
    let plan = try ablation.plan(lengths, with: model, runOptions(options, model))
    // Only for its time: the ablation's own plan keeps to the memory limit.
    var calibration = options
    calibration.memoryLimit = nil
    let profile = try estimate(with: model, options: calibration)
    let means = try meansPlan(with: model, options: options)
    let stepOperations =
      try steps?.matmulOperations(of: ablation, corpus, model, options: runOptions(options, model)) ?? 0
    let operations = plan.matmulOperations + (means?.matmulOperations ?? 0)
    let share = (operations + stepOperations) / max(1, profile.plan.matmulOperations)
    let diskSeconds = try profile.diskSeconds + (ablation.swapsFrom.map { try Self.secondsToRead($0, of: model) } ?? 0)
    return AblationEstimate(
      plan: plan, texts: lengths.count, tokens: lengths.reduce(0, +),
      readings: plan.groups.count + (means?.waves ?? 0), matmulOperations: operations,
      peakBytes: max(plan.peakBytes, means?.peakBytes ?? 0), removals: ablation.units.count, isSwap: ablation.isSwap,
      stepOperations: stepOperations, seconds: max(diskSeconds, profile.computeSeconds * share))
  }

  /// Returns the seconds that reading the other checkpoint's blocks takes, as far as they are not cached.
  private static func secondsToRead(_ directory: URL, of model: LlamaModel) throws -> Double {
    let other = try model.open(directory)
    let bytes = other.uncachedWeightBytes
    guard bytes > 0 else { return 0 }
    let read = try other.readBlock(other.spec.layerCount - 1)
    return read.bytes > 0 ? Double(bytes) * read.seconds / Double(read.bytes) : 0
  }
}

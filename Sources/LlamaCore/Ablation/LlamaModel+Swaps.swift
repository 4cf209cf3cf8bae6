public import Foundation

extension LlamaModel {
  /// Takes the weights of parts from another checkpoint, each part in a run of its own, and reports what that costs on
  /// every text, from one reading of both checkpoints for a group of texts: which blocks a quantisation hurts, or a
  /// fine-tuning changes.
  ///
  /// It is ``ablate(_:_:without:hasEffects:options:observer:progress:receive:)`` with a part of the other model in place of a removal.
  /// Every number is bit-identical to that of the changed model run alone: of ``edited(by:)`` with a
  /// ``ModelEdits/Swap`` of the part. The part's norms are the other checkpoint's too; window, RoPE and epsilon are the model's
  /// own.
  /// - Parameters:
  ///   - texts: token ids, including a BOS token if the model expects one.
  ///   - units: blocks, attentions and MLPs to swap; blocks are places in the model's program.
  ///   - directory: checkpoint with the same tensors, whose element types may be others.
  ///   - hasEffects: computes the effects on later blocks too, see ``RemovalCost/effects``; of the part's own block there is
  ///     none.
  ///   - options: how the run uses the machine.
  ///   - observer: shown the unchanged model's streams, once for each text, see ``LayerObserver``.
  ///   - progress: called on the caller's thread after every block and the logits of every group, with the share of
  ///     the operations that is done. An error thrown here stops the run.
  ///   - receive: called for every text and group of units, in the order of the plan, on the caller's thread.
  /// - Returns: the time that the threads spent, by phase.
  /// - Throws: ``RunError`` and ``EditError``, and ``FileError``, ``SafetensorsError`` or ``CheckpointError`` for the other
  ///   checkpoint, before any computation; `CancellationError` before the next block if the calling task is cancelled,
  ///   or an error of `observer`, `progress` or `receive`.
  @discardableResult
  public func ablate(
    _ texts: [[TokenID]], swapping units: [BlockUnit], from directory: URL, hasEffects: Bool = false,
    options: RunOptions = RunOptions(), observer: inout some LayerObserver,
    progress: ((RunProgress) throws -> Void)? = nil, receive: (AblatedText) throws -> Void
  ) throws -> RunTiming {
    let weights = try swapWeights(units, directory)
    return try ablate(
      texts, units.map(StreamChange.swap), from: weights, hasEffects: hasEffects, options: options, &observer,
      progress: progress, receive: receive)
  }

  /// Plans an ablation that swaps parts, of texts of these lengths.
  ///
  /// - Parameters:
  ///   - lengths: number of tokens of each text.
  ///   - units: blocks, attentions and MLPs to swap.
  ///   - directory: the other checkpoint.
  ///   - hasEffects: true if the effects on later blocks are wanted.
  ///   - options: how the run uses the machine.
  /// - Throws: ``RunError`` as ``plan(_:removals:without:hasEffects:options:)``; ``EditError``, ``FileError``, ``SafetensorsError`` or
  ///   ``CheckpointError`` for units or a checkpoint that do not fit the model.
  public func plan(
    _ lengths: [Int], swapping units: [BlockUnit], from directory: URL, hasEffects: Bool = false,
    options: RunOptions = RunOptions()
  ) throws -> RemovalPlan {
    let weights = try swapWeights(units, directory)
    return try plan(lengths, units.map(StreamChange.swap), from: weights, hasEffects: hasEffects, options: options)
  }

  /// Returns the weights of the other checkpoint, after checking the units.
  private func swapWeights(_ units: [BlockUnit], _ directory: URL) throws -> SwapWeights {
    for unit in units { try check(StreamChange.swap(unit)) }
    return try SwapWeights(directory, of: self, units)
  }
}

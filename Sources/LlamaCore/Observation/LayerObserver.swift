/// Observes a forward pass, one block of one text at a time.
///
/// An observer is an argument of the call that runs the model, never state of the model, so that no state remains after
/// the call. Its two requirements are called on the caller's thread, one call at a time: `sites(at:)` once per block
/// and wave before the block runs, then, unless it returned `[]`, `observe(_:)` exactly once per block and text, blocks
/// in ascending order and, within a block, texts in the given order. With several waves (see ``RunOptions``) all blocks
/// of one wave's texts come before those of the next wave. A ``DecodingSession`` calls it in the same way, for prompts
/// and for every step. The observer does not change the results of the run.
public protocol LayerObserver {
  /// Returns the requested sites of block `layer`; `[]` to skip the block.
  func sites(at layer: Int) -> LayerSites
  /// Receives the results of a block for one text. An error thrown here stops the run and reaches its caller.
  mutating func observe(_ block: borrowing BlockTrace) throws
  /// Receives the results of a block for the texts of a batch. The default implementation observes text by text, on
  /// several threads for a ``ConcurrentLayerObserver``.
  mutating func observe(batch: BatchTraces) throws
}

extension LayerObserver {
  public mutating func observe(batch: BatchTraces) throws { try batch.show(&self) }
}

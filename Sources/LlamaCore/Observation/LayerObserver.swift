/// Looks inside a forward pass, one block of one text at a time.
///
/// An observer is an argument of the call that runs the model, never state of the model, so that nothing
/// is left behind when the call returns. Its two requirements are called on the caller's thread, one call
/// at a time: `sites(at:)` once per block and wave before the block runs, then, unless it answered `[]`,
/// `observe(_:)` exactly once per block and text, blocks in ascending order and, within a block, texts in the
/// order they were given. With several waves (see ``RunOptions``) all blocks of one wave's texts come before
/// those of the next wave. A ``DecodingSession`` calls it in the same way, for prompts and for every step. Results of the run
/// do not depend on who observes.
public protocol LayerObserver {
  /// Which sites of block `layer` are wanted; `[]` for a block that is of no interest.
  func sites(at layer: Int) -> LayerSites
  /// Receives what a block did to one text. An error thrown here stops the run and reaches its caller.
  mutating func observe(_ block: borrowing BlockTrace) throws
  /// Receives what a block did to the texts of a batch. There is no need to write it: it hands over text by text, by several
  /// threads for a ``ConcurrentLayerObserver``.
  mutating func observe(_ batch: BatchTraces) throws
}

extension LayerObserver {
  public mutating func observe(_ batch: BatchTraces) throws { try batch.show(&self) }
}

/// An observer that examines texts independently, and therefore on several threads at once.
///
/// A run takes the observer's ``examine`` and calls it from any of its threads, several at a time, and then
/// ``gather(_:layer:text:positions:)`` on the caller's thread, one finding at a time in the order guaranteed by
/// ``LayerObserver``. Use it if examining is expensive; a sequential `observe(_:)` is provided. This applies wherever
/// an observer is passed: in a sweep, with logits, in decoding and generation, and in an ``ObserverGroup``.
public protocol ConcurrentLayerObserver: LayerObserver {
  /// Result of examining a block of a text.
  associatedtype Finding: Sendable
  /// Examines the results of a block for one text. An error thrown here stops the run and reaches its caller.
  var examine: @Sendable (_ block: borrowing BlockTrace) throws -> Finding { get }
  /// Processes a finding of ``examine``.
  mutating func gather(_ finding: Finding, layer: Int, text: Int, positions: Range<Int>) throws
}

extension ConcurrentLayerObserver {
  public mutating func observe(batch: BatchTraces) throws { try batch.showConcurrently(&self) }

  public mutating func observe(_ block: borrowing BlockTrace) throws {
    let finding = try examine(block)
    try gather(finding, layer: block.layer, text: block.text, positions: block.positions)
  }
}

/// An observer that looks at texts by themselves, so that several threads can look at once.
///
/// A run takes the observer's ``examine`` and calls it from any of its threads, several at a time, and then
/// ``gather(_:layer:text:positions:)`` on the caller's thread, one finding at a time in the order ``LayerObserver`` promises.
/// Use it where looking is what takes time; `observe(_:)`, which does one after the other, comes with it. That is so wherever
/// an observer is passed: in a sweep, with logits, in decoding and generation, and in an ``ObserverGroup``.
public protocol ConcurrentLayerObserver: LayerObserver {
  /// What looking at a block of a text brings.
  associatedtype Finding: Sendable
  /// Looks at what a block did to one text. An error thrown here stops the run and reaches its caller.
  var examine: @Sendable (_ block: borrowing BlockTrace) throws -> Finding { get }
  /// Takes in what ``examine`` found.
  mutating func gather(_ finding: Finding, layer: Int, text: Int, positions: Range<Int>) throws
}

extension ConcurrentLayerObserver {
  public mutating func observe(_ batch: BatchTraces) throws { try batch.showConcurrently(&self) }

  public mutating func observe(_ block: borrowing BlockTrace) throws {
    let finding = try examine(block)
    try gather(finding, layer: block.layer, text: block.text, positions: block.positions)
  }
}

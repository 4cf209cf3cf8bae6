/// An observer that measures texts independently, and therefore on several threads at once.
///
/// A run takes the observer's ``measure`` and calls it from any of its threads, several at a time, and then
/// ``collect(_:layer:text:positions:)`` on the caller's thread, one measurement at a time in the order guaranteed by
/// ``LayerObserver``. Use it if measuring is expensive; a sequential `observe(_:)` is provided. This applies wherever
/// an observer is passed: in a sweep, with logits, in decoding and generation, and in an ``ObserverGroup``.
public protocol ConcurrentLayerObserver: LayerObserver {
  /// Result of measuring a block of a text.
  associatedtype Measurement: Sendable
  /// Measures the results of a block for one text. An error thrown here stops the run and reaches its caller.
  var measure: @Sendable (_ block: borrowing BlockTrace) throws -> Measurement { get }
  /// Processes a measurement by ``measure``.
  mutating func collect(_ measurement: Measurement, layer: Int, text: Int, positions: Range<Int>) throws
}

extension ConcurrentLayerObserver {
  public mutating func observe(batch: BatchTraces) throws { try batch.showConcurrently(&self) }

  public mutating func observe(_ block: borrowing BlockTrace) throws {
    try collect(measure(block), layer: block.layer, text: block.text, positions: block.positions)
  }
}

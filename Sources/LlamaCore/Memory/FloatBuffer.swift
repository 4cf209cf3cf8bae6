import Foundations

/// Float32 memory owned by the run that allocates it and reused for every wave.
package final class FloatBuffer: @unchecked Sendable {
  /// Address of the first element.
  package let pointer: UnsafeMutablePointer<Float>
  /// Number of elements.
  package let count: Int
  private let memory: PageMemory

  /// Creates a zeroed buffer; untouched pages cost nothing.
  package convenience init(_ count: Int) {
    self.init(count, in: PageMemory(byteCount: max(1, count) * MemoryLayout<Float>.stride))
  }

  /// Creates a buffer of `count` elements from `element` on, in memory shared with buffers of disjoint lifetimes.
  init(_ count: Int, in memory: PageMemory, from element: Int = 0) {
    self.count = max(1, count)
    self.memory = memory
    pointer = memory.address.assumingMemoryBound(to: Float.self) + element
  }

  /// Returns a bounds-checked view of `range`, which has the lifetime of the borrow.
  @_lifetime(borrow self)
  func span(_ range: Range<Int>) -> Span<Float> {
    let range = range.clamped(to: 0..<count)
    let view = UnsafeBufferPointer(start: pointer + range.lowerBound, count: range.count)
    return _overrideLifetime(Span(_unsafeElements: view), borrowing: self)
  }
}

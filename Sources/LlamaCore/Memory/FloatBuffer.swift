/// Float32 memory owned by the run that allocates it and reused wave after wave.
final class FloatBuffer: @unchecked Sendable {
  /// The first element.
  let pointer: UnsafeMutablePointer<Float>
  /// Number of elements.
  let count: Int
  private let memory: PageMemory

  /// Zeros; pages that are never touched cost nothing.
  convenience init(_ count: Int) {
    self.init(count, in: PageMemory(byteCount: max(1, count) * MemoryLayout<Float>.stride))
  }

  /// `count` elements of memory that others use at other times, from `element` on.
  init(_ count: Int, in memory: PageMemory, from element: Int = 0) {
    self.count = max(1, count)
    self.memory = memory
    pointer = memory.address.assumingMemoryBound(to: Float.self) + element
  }

  /// A bounds-checked view of `range`, which lives as long as the borrow.
  @_lifetime(borrow self)
  func span(_ range: Range<Int>) -> Span<Float> {
    let range = range.clamped(to: 0..<count)
    let view = UnsafeBufferPointer(start: pointer + range.lowerBound, count: range.count)
    return _overrideLifetime(Span(_unsafeElements: view), borrowing: self)
  }
}

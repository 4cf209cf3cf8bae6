/// Float32 memory on cache-line boundaries, owned by the run that allocates it and reused wave after wave.
final class FloatBuffer {
  /// The first element.
  let pointer: UnsafeMutablePointer<Float>
  /// Number of elements.
  let count: Int

  /// Zeroed memory; pages that are never touched cost nothing.
  init(_ count: Int) {
    self.count = max(1, count)
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: self.count * MemoryLayout<Float>.stride, alignment: 64)
    pointer = bytes.initializeMemory(as: Float.self, repeating: 0, count: self.count)
  }

  deinit { pointer.deallocate() }

  /// A bounds-checked view of `range`, which lives as long as the borrow.
  @_lifetime(borrow self)
  func span(_ range: Range<Int>) -> Span<Float> {
    let range = range.clamped(to: 0..<count)
    let view = UnsafeBufferPointer(start: pointer + range.lowerBound, count: range.count)
    return _overrideLifetime(Span(_unsafeElements: view), borrowing: self)
  }
}

/// Bfloat16 memory on cache-line boundaries.
final class HalfBuffer {
  /// The first element.
  let pointer: UnsafeMutablePointer<UInt16>

  /// Zeroed memory.
  init(_ count: Int) {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * MemoryLayout<UInt16>.stride, alignment: 64)
    pointer = bytes.initializeMemory(as: UInt16.self, repeating: 0, count: max(1, count))
  }

  deinit { pointer.deallocate() }
}

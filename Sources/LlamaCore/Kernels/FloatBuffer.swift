import Foundation

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

/// Zeroed memory straight from the kernel, in large pages where it has them: fewer faults, fewer misses.
final class PageMemory {
  let address: UnsafeMutableRawPointer
  private let byteCount: Int
  private let isMapped: Bool

  init(byteCount: Int) {
    self.byteCount = max(64, byteCount)
    if self.byteCount >= 1 << 20, let mapped = Self.map(self.byteCount) {
      (address, isMapped) = (mapped, true)
    } else {
      address = .allocate(byteCount: self.byteCount, alignment: 64)
      address.initializeMemory(as: UInt8.self, repeating: 0, count: self.byteCount)
      isMapped = false
    }
  }

  deinit {
    if isMapped { munmap(address, byteCount) } else { address.deallocate() }
  }

  private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_ANON
    guard let address = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0), address != MAP_FAILED else {
      return nil
    }
    #if os(Linux)
      madvise(address, byteCount, 14)  // MADV_HUGEPAGE
    #endif
    return address
  }
}

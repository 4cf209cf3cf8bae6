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

/// The input of a product, `[rows, columns]` in the precision it is computed in.
final class Operand: @unchecked Sendable {
  /// The first element.
  let address: UnsafeMutableRawPointer
  let columns: Int
  private let precision: Precision
  private let memory: PageMemory

  /// Zeros.
  convenience init(rows: Int, columns: Int, _ precision: Precision) {
    self.init(columns: columns, precision, in: PageMemory(byteCount: rows * columns * precision.byteCount))
  }

  /// In memory that has room for the rows, and which others may use at other times.
  init(columns: Int, _ precision: Precision, in memory: PageMemory) {
    self.columns = columns
    self.precision = precision
    self.memory = memory
    address = memory.address
  }

  /// Where a row begins.
  func row(_ row: Int) -> UnsafeMutableRawPointer { address + row * columns * precision.byteCount }

  /// Stores `count` numbers in a row from `column` on, rounded where the precision asks for it.
  func store(_ values: UnsafePointer<Float>, count: Int, row: Int, column: Int) {
    let target = self.row(row) + column * precision.byteCount
    switch precision {
    case .float32: target.copyMemory(from: values, byteCount: count * MemoryLayout<Float>.stride)
    case .bfloat16: Rounding.round(values, into: target.assumingMemoryBound(to: UInt16.self), count: count)
    }
  }

  /// Stores `count` numbers that are in the operand's precision already.
  func copy(_ values: UnsafeRawPointer, count: Int, row: Int, column: Int) {
    (self.row(row) + column * precision.byteCount).copyMemory(from: values, byteCount: count * precision.byteCount)
  }
}

extension Precision {
  /// Bytes of a factor's element.
  var byteCount: Int { self == .float32 ? 4 : 2 }
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

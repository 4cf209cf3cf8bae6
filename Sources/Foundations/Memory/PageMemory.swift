import Foundation

/// Zeroed memory directly from the kernel, in huge pages if available: fewer page faults and TLB misses.
package final class PageMemory {
  package let address: UnsafeMutableRawPointer
  private let byteCount: Int
  private let isMapped: Bool

  package init(byteCount: Int) {
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

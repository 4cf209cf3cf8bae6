import Foundation

/// What was freed, and is kept by the allocator for later.
enum FreedMemory {
  /// Gives it back to the system, so that another kind of work begins with what it takes itself.
  static func giveBack() {
    #if canImport(Glibc)
      _ = malloc_trim(0)
    #endif
  }
}

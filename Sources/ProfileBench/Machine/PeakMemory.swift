import Foundation
import Foundations

/// Peak resident memory of this process since the last reset.
///
/// A process has one such counter, from its start. Linux can reset it, so that each measurement has its own; elsewhere
/// every value includes everything before.
enum PeakMemory {
  static var bytes: Int { SystemMemory.peakResident }

  static func reset() {
    #if os(Linux)
      let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return }
      _ = write(descriptor, "5", 1)
      close(descriptor)
    #endif
  }
}

import Foundation
import LlamaCore

/// Largest resident memory of this process since the last reset.
///
/// A process knows one such number, from its start on. Linux lets it begin anew, so that each measurement has its own;
/// elsewhere every number includes what came before.
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

import Foundation
import Foundations

/// Handler that ends the process with an error if another process has truncated a mapped file.
///
/// Accessing a missing page raises SIGBUS, at any instruction of any thread, and no prior check of the size can rule it
/// out. A signal handler may call very little, so this one only passes the address to a waiting thread and suspends the
/// failing thread, since resuming it would fail again. The waiting thread is an ordinary one, which looks up the file,
/// removes unfinished files and reports the error. If none of the mapped files contains the address, the signal ends
/// the process as usual.
enum MappedFileFaults {
  /// Descriptor that the handler writes to.
  nonisolated(unsafe) private static var writer: Int32 = -1

  static func prepare() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let reader = ends[0]
    writer = ends[1]
    Thread.detachNewThread { wait(reader) }
    var action = sigaction()
    let handler: @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void = {
      _, information, _ in
      // Async-signal-safe: calls only `write` and `pause`.
      var address = MappedFileFaults.address(information)
      _ = Foundation.write(MappedFileFaults.writer, &address, MemoryLayout<UInt>.size)
      while true { pause() }
    }
    #if os(Linux)
      action.__sigaction_handler.sa_sigaction = handler
    #else
      action.__sigaction_u.__sa_sigaction = handler
    #endif
    action.sa_flags = Int32(SA_SIGINFO)
    sigaction(SIGBUS, &action, nil)
  }

  /// Returns the faulting address; 0 if another process sent the signal.
  private static func address(_ information: UnsafeMutablePointer<siginfo_t>?) -> UInt {
    guard let information, information.pointee.si_code > 0 else { return 0 }
    #if os(Linux)
      return UInt(bitPattern: information.pointee._sifields._sigfault.si_addr)
    #else
      return UInt(bitPattern: information.pointee.si_addr)
    #endif
  }

  private static func wait(_ reader: Int32) {
    var address: UInt = 0
    // An address is small enough to be written and read atomically.
    while read(reader, &address, MemoryLayout<UInt>.size) < 0, errno == EINTR {}
    guard let error = MappedFile.fault(at: address) else { Interruption.end(by: SIGBUS) }
    Interruption.end(with: error)
  }
}

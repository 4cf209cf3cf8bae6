import Foundation
import LlamaCore

/// Ends the process with an error where a file that is mapped has been cut by another process.
///
/// Touching what is gone is a SIGBUS, at any instruction of any thread, and no look at the size beforehand can rule it out.
/// A handler may call next to nothing, so this one only passes the address on to a thread that waits for it, and holds the
/// thread that failed: going on would fail again. The other thread is an ordinary one, which finds the file, removes what
/// is unfinished and says what happened. Where no file of ours is at the address, the signal ends the process as ever.
enum MappedFileFaults {
  /// Where the handler writes to.
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
      // Asynchronous-signal-safe: `write` and `pause` are all that is called.
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

  /// The address that was touched; 0 where another process sent the signal.
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
    // The size of an address is written and read whole.
    while read(reader, &address, MemoryLayout<UInt>.size) < 0, errno == EINTR {}
    guard let error = MappedFile.fault(at: address) else { Interruption.end(by: SIGBUS) }
    Interruption.end(with: error)
  }
}

import Foundation

/// A named FIFO, which another process must open and write.
enum NamedPipe {
  /// Seconds to wait for a writer.
  private static let patience = 5.0

  /// Reads until the last writer has closed the FIFO.
  ///
  /// - Throws: ``FileFailure``, also if no writer opens it in time: a FIFO named by mistake must not block forever.
  static func read(_ path: String) throws(FileFailure) -> Data {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileFailure(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    let end = Date().addingTimeInterval(patience)
    var (content, hasWriter) = (Data(), false)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count > 0 {
        try InputFile.append(buffer[..<count], to: &content)
        hasWriter = true
      } else if count == 0 {
        // No writer has it open: all have closed it, or none has opened it yet.
        if hasWriter { return content }
        guard Date() < end else { throw FileFailure("expected a file, found a FIFO that nobody writes to") }
        usleep(10_000)
      } else if errno == EAGAIN {
        hasWriter = true
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&wait, 1, -1)
      } else if errno != EINTR {
        throw FileFailure(String(cString: strerror(errno)))
      }
    }
  }
}

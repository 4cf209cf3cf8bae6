import Foundation
import Foundations

/// Standard output, for results. A failed write is an error, as for any other file.
enum StandardOutput {
  /// Writes `text` unchanged.
  ///
  /// If the reader is gone (`fp-cli … | head -1`), the process ends silently, like any filter.
  /// - Throws: `FileError`, for example for a full disk.
  static func write(_ text: String) throws(FileError) {
    if let code = StandardStreams.write(text, to: STDOUT_FILENO) {
      if code == EPIPE { Interruption.end(by: SIGPIPE) }
      throw FileError(path: "standard output", reason: .system(code))
    }
  }
}

enum StandardStreams {
  /// Makes the three streams safe to use; call it before any file is opened.
  ///
  /// A stream that the caller closed is replaced by a descriptor that cannot be used; otherwise the next opened file
  /// would become standard error and receive the messages. A reader that goes away is detected when writing.
  static func prepare() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
    signal(SIGPIPE, SIG_IGN)
  }

  /// - Returns: Nil, or the `errno` value of the failure.
  static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return errno }
      bytes = bytes.dropFirst(count)
    }
    return nil
  }
}

import Foundation
import LlamaCore

/// Standard output, where results go. What cannot be written is an error, as with any other file.
enum StandardOutput {
  /// Writes `text` as it stands.
  ///
  /// Where nobody reads any more (`fp-cli … | head -1`), the process ends without a word, as every filter does.
  /// - Throws: `FileError`, for a full disk say.
  static func write(_ text: String) throws(FileError) {
    if let code = StandardStreams.write(text, to: STDOUT_FILENO) {
      if code == EPIPE { Interruption.end(by: SIGPIPE) }
      throw FileError(path: "standard output", reason: .system(code))
    }
  }
}

enum StandardStreams {
  /// Makes the three streams safe to use; to be called before any file is opened.
  ///
  /// A stream that the caller closed is held by a descriptor that refuses to be used, or else the next file to be
  /// opened would become the standard error and take in the messages. A reader that goes away is seen when writing.
  static func prepare() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
    signal(SIGPIPE, SIG_IGN)
  }

  /// - Returns: nil, or the `errno` value of what went wrong.
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

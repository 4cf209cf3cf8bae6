import Foundation

/// The reason why a file could not be read, with its path.
public struct FileError: DescribedError, Equatable, Sendable {
  /// The problem with the file.
  public enum Reason: Equatable, Sendable {
    /// The system call failed; an `errno` value.
    case system(Int32)
    /// A folder, a FIFO or a device where a file was expected.
    case notARegularFile
    /// The file exceeds the size limit of its kind.
    case tooLarge(bytes: Int, limit: Int)
    /// The file has become shorter since it was opened: another process truncated it.
    case truncated(expected: Int, found: Int)
    /// The content violates the format; the reason as one line.
    case malformed(String)
  }

  /// The path as it was given.
  public let path: String
  /// The problem with the file.
  public let reason: Reason

  /// Creates an error about the file at `path`.
  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// One line: the path, then the reason.
  public var description: String { "\(path): \(reason)".onOneLine }
}

extension FileError.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let code): String(cString: strerror(code))
    case .notARegularFile: "expected a regular file, found a folder or device"
    case .tooLarge(let bytes, let limit): "expected at most \(limit) bytes, found \(bytes)"
    case .truncated(let expected, let found):
      "the file became shorter while it was read: expected \(expected) bytes, found \(found)"
    case .malformed(let reason): reason
    }
  }
}

import Foundation

/// Why a file could not be read, with its path.
public struct FileError: DescribedError, Equatable, Sendable {
  /// What is wrong with the file.
  public enum Reason: Equatable, Sendable {
    /// The system refused; an `errno` value.
    case system(Int32)
    /// A folder, a FIFO or a device where a file was expected.
    case notARegularFile
    /// Larger than any such file has reason to be.
    case tooLarge(bytes: Int, limit: Int)
    /// Shorter than when it was opened: another process has cut it while it was read.
    case shrunk(expected: Int, found: Int)
    /// Not what its format asks for; the reason as one line.
    case malformed(String)
  }

  /// The path as it was given.
  public let path: String
  /// What is wrong with it.
  public let reason: Reason

  /// An error about the file at `path`.
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
    case .shrunk(let expected, let found):
      "the file became shorter while it was read: expected \(expected) bytes, found \(found)"
    case .malformed(let reason): reason
    }
  }
}

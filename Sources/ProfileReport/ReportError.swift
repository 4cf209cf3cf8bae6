import LlamaCore
import Profiler

/// Why the files of a run could not be written. The description is one line.
public enum ReportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file or folder could not be written; nothing is left under its name, or what was there before is still there.
  case cannotWrite(file: String, reason: String)
  /// A domain's name makes a file name longer than systems take.
  case domainNameTooLong(domain: String, bytes: Int, limit: Int)

  public var description: String {
    switch self {
    case .cannotWrite(let file, let reason): "\(file.onOneLine): cannot write: \(reason.onOneLine)"
    case .domainNameTooLong(let domain, let bytes, let limit):
      "domain \(domain.quoted): expected a file name of at most \(limit) bytes, found \(bytes)"
    }
  }
}

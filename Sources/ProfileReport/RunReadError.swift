import LlamaCore

/// Why a run could not be read back. The description is one line.
public enum RunReadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file is missing or could not be read.
  case cannotRead(file: String, reason: String)
  /// A row of a CSV file is not as the file contract says; `line` is 1-based.
  case malformed(file: String, line: Int, column: String?, reason: String)
  /// `manifest.json` lacks something, or says other than the rows do.
  case manifest(file: String, reason: String)

  public var description: String {
    switch self {
    case .cannotRead(let file, let reason): "\(file.onOneLine): cannot read: \(reason.onOneLine)"
    case .malformed(let file, let line, let column, let reason):
      "\(file.onOneLine), line \(line)\(column.map { ", column \($0.quoted)" } ?? ""): \(reason.onOneLine)"
    case .manifest(let file, let reason): "\(file.onOneLine): \(reason.onOneLine)"
    }
  }
}

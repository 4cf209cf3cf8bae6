public import Foundations
import Profiler

/// Reason why the files of a run could not be written. The description is one line.
public enum ReportError: DescribedError, Equatable, Sendable, SizedError {
  /// A file or folder could not be written; nothing is left under its name, or its previous content is still there.
  case cannotWrite(file: String, reason: String)
  /// The name of a run's file is taken by a file that no run wrote; that file is kept. Gives the expected and the
  /// actual first bytes.
  case notOwn(file: String, expected: String, found: String)
  /// The output folder holds another run, or files made from one, as this file shows.
  case otherRun(file: String)
  /// Comparing and drawing this many texts takes more bytes than the limit.
  case memoryLimit(texts: Int, needed: Int, limit: Int)
  /// It takes more bytes than the machine, or the container of this process, has.
  case memory(texts: Int, needed: Int, machine: Int)

  public var description: String {
    switch self {
    case .memoryLimit(_, _, let size), .memory(_, _, let size): description(in: ByteUnit(fitting: size))
    default: description(in: .byte)
    }
  }

  package func description(in unit: ByteUnit) -> String {
    switch self {
    case .cannotWrite(let file, let reason): "\(file.onOneLine): cannot write: \(reason.onOneLine)"
    case .notOwn(let file, let expected, let found):
      "\(file.onOneLine): is not a file of a run and is not replaced: expected it to begin with \(expected.quoted), found "
        + "\(found.quoted); move it away or choose another folder"
    case .otherRun(let file):
      "\(file.onOneLine): is of another run, whose files are not replaced; choose another folder"
    case .memory(let texts, let needed, let machine):
      "expected at least \(unit.text(needed)) of memory in this machine or container, which comparing "
        + "\(TextTable.count(texts, "text")) takes, found \(unit.text(machine)); --no-report leaves it out"
    case .memoryLimit(let texts, let needed, let limit):
      "expected a memory limit of at least \(unit.text(needed)), which comparing \(TextTable.count(texts, "text")) takes, "
        + "found \(unit.text(limit))"
    }
  }
}

import Foundations
import Profiler

/// Source of texts for a domain, as given on a command line: `domain=path`, `domain=path:field`, `domain=path:split`.
///
/// The path is a file, a folder (all files beneath it, except hidden ones) or a pattern (see ``NamePattern``). Its
/// extension determines how it is read; several sources may contribute to one domain.
///
/// | path | texts | after the colon |
/// |---|---|---|
/// | `….jsonl`, `….ndjson` | a field of every line | the field (see ``FieldPath``) |
/// | `….json` | a field of every element of the list or of every value of the object | the field |
/// | `….csv`, `….tsv` | a column of every row | the column (see ``ColumnPath``) |
/// | anything else | the file unchanged | `whole`, `paragraph` or `line` |
///
/// A colon anywhere else belongs to the path, so `C:\notes.txt` and `12:30.txt` are paths. A shell expands an unquoted
/// `cpp=src/*.cpp` only if a path begins with `cpp=`, so bash passes it on unchanged; zsh requires quotes. In a list of
/// paths, each is preceded by the domain.
public struct CorpusSource: Sendable, Equatable {
  /// Format of a source's files.
  enum Format: Equatable, Sendable {
    /// `nil` if the options decide.
    case text(TextSplit?)
    case json(FieldPath)
    case jsonLines(FieldPath)
    /// `nil` if no column was named, which is an error as soon as the file's own columns can be listed.
    case delimited(separator: UInt8, ColumnPath?)
  }

  /// Argument as written, for messages.
  public let argument: String
  public let domain: String
  /// Path of a file or a folder, or a pattern.
  public let path: String
  let format: Format

  /// - Throws: `CorpusBuildError.malformedSource`.
  public init(parsing argument: String) throws(CorpusBuildError) {
    func malformed(_ reason: String) -> CorpusBuildError { .malformedSource(argument, reason: reason) }
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    // A slash before the `=` is a path that the shell separated from its domain: `cpp=$(ls src/*.cpp)`.
    guard parts.count == 2, !parts[0].contains("/") else {
      throw malformed("expected domain=path, with the domain before every path; quote a pattern to pass it as one")
    }
    guard !parts[0].isEmpty, !parts[1].isEmpty else { throw malformed("expected domain=path") }
    guard !parts[0].utf8.contains(0) else { throw malformed("expected a domain without a NUL") }
    self.argument = argument
    domain = String(parts[0])
    let (path, suffix) = Self.split(String(parts[1]))
    guard !path.isEmpty else { throw malformed("expected a path before \":\(suffix ?? "")\"") }
    // The system would end the path there, and take every name in a folder for the folder itself.
    guard !path.utf8.contains(0) else { throw malformed("expected a path without a NUL") }
    self.path = path
    do { format = try Self.format(of: path, suffix: suffix) } catch { throw malformed(error.reason) }
  }

  private static let recordEndings = [".jsonl", ".ndjson", ".json", ".csv", ".tsv"]

  /// Splits off a field after an extension that has fields, or a text split at the end.
  private static func split(_ text: String) -> (path: String, suffix: String?) {
    let utf8 = text.utf8
    for colon in utf8.indices where utf8[colon] == UInt8(ascii: ":") {
      let rest = text[utf8.index(after: colon)...]
      // No split name is longer than this; avoids copying a long argument at each of its colons.
      let isSplit = rest.utf8.count < 16 && TextSplit(rawValue: String(rest)) != nil
      if isSplit || ending(of: text[..<colon]) != nil { return (String(text[..<colon]), String(rest)) }
    }
    return (text, nil)
  }

  private static func ending(of path: some StringProtocol) -> String? {
    let tail = String(decoding: path.utf8.suffix(7), as: UTF8.self).lowercased()
    return recordEndings.first { tail.hasSuffix($0) }
  }

  private static func format(of path: String, suffix: String?) throws(PathFailure) -> Format {
    let ending = ending(of: path)
    switch ending {
    case nil: return .text(suffix.flatMap(TextSplit.init(rawValue:)))
    case ".csv", ".tsv":
      let column = if let suffix { try ColumnPath(parsing: suffix) } else { ColumnPath?.none }
      return .delimited(separator: ending == ".csv" ? UInt8(ascii: ",") : UInt8(ascii: "\t"), column)
    default:
      let field = if let suffix { try FieldPath(parsing: suffix) } else { FieldPath.record }
      if ending == ".json" { return .json(field) }
      guard !field.startsAtTop else {
        throw PathFailure(
          "a field that begins with \".\" starts at the top of a .json file, found it after \(path.quoted)")
      }
      return .jsonLines(field)
    }
  }
}

/// Unit of a text within a text file.
public enum TextSplit: String, Sendable, CaseIterable {
  /// The file unchanged, including line breaks.
  case whole
  /// Lines between blank lines, without the last line break.
  case paragraph
  /// Every line that is not blank, without its line break.
  case line
}

public import Foundations
import Profiler

/// Reason why a corpus could not be built. The description is one line.
public enum CorpusBuildError: DescribedError, Equatable, Sendable {
  /// A source argument cannot be parsed. `reason` states what was expected.
  case malformedSource(String, reason: String)
  /// The value of an option is invalid.
  case invalidOption(String)
  /// No file or folder has this name, or no file matches the pattern.
  case noFile(source: String, reason: String)
  /// A file or folder cannot be read.
  case cannotRead(file: String, reason: String)
  /// The bytes of a file are not text. `offset` counts bytes from 0; `place` names the line if the file has records.
  case notUTF8(file: String, place: String?, offset: Int)
  /// The content of a file does not match its extension: broken JSON, a CSV row of the wrong width.
  case malformed(file: String, place: String, reason: String)
  /// A record has no text under the requested field.
  case noText(file: String, place: String, reason: String)
  /// A document that the tokenizer refuses.
  case cannotTokenize(document: String, reason: String)
  /// A source was read and was empty.
  case emptySource(String, files: Int)
  /// All texts of a domain were left out.
  case nothingKept(domain: String, counts: DomainCounts)
}

extension CorpusBuildError {
  public var description: String {
    switch self {
    case .malformedSource(let source, let reason): "source \"\(source.onOneLine)\": \(reason)"
    case .invalidOption(let reason): reason
    case .noFile(let source, let reason): "source \"\(source.onOneLine)\": \(reason)"
    case .cannotRead(let file, let reason): "\(file.onOneLine): cannot read: \(reason.onOneLine)"
    case .notUTF8(let file, let place, let offset):
      "\(file.onOneLine)\(place.map { ", \($0)" } ?? ""): expected UTF-8, found something else at byte \(offset)"
    case .malformed(let file, let place, let reason): "\(file.onOneLine), \(place): \(reason.onOneLine)"
    case .noText(let file, let place, let reason): "\(file.onOneLine), \(place): \(reason)"
    case .cannotTokenize(let document, let reason): "\(document.onOneLine): \(reason.onOneLine)"
    case .emptySource(let source, let files):
      "source \"\(source.onOneLine)\": expected at least one text, found none in \(files) file\(files == 1 ? "" : "s")"
    case .nothingKept(let domain, let counts):
      "domain \(domain.quoted): none of \(counts.read) texts is kept: \(counts.blank) blank, \(counts.tooShort) too "
        + "short, \(counts.tooLong) too long, \(counts.invalid) invalid"
    }
  }
}

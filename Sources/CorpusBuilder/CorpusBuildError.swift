import LlamaCore
import Profiler

/// Why a corpus could not be built. The description is one line.
public enum CorpusBuildError: DescribedError, Equatable, Sendable {
  /// A source argument cannot be read. `reason` says what was expected.
  case malformedSource(String, reason: String)
  /// An option's value makes no sense.
  case invalidOption(String)
  /// No file or folder has the name, or no file matches the pattern.
  case noFile(source: String, reason: String)
  /// A file or folder cannot be read.
  case cannotRead(file: String, reason: String)
  /// A file's bytes are not text. `offset` counts bytes from 0; `place` names the line where the file has records.
  case notUTF8(file: String, place: String?, offset: Int)
  /// A file's content is not what its name says: broken JSON, a CSV row of the wrong width.
  case malformed(file: String, place: String, reason: String)
  /// A record has no text under the field asked for.
  case noText(file: String, place: String, reason: String)
  /// A source was read and held nothing.
  case emptySource(String, files: Int)
  /// Every text of a domain was left out.
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
    case .emptySource(let source, let files):
      "source \"\(source.onOneLine)\": expected at least one text, found none in \(files) file\(files == 1 ? "" : "s")"
    case .nothingKept(let domain, let counts):
      "domain \(domain.quoted): none of \(counts.read) texts is kept: \(counts.blank) blank, \(counts.tooShort) too "
        + "short, \(counts.tooLong) too long, \(counts.invalid) invalid"
    }
  }
}

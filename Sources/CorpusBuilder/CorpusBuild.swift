import LlamaCore
import Profiler

/// What became of a domain's texts: `read` is the sum of all that follow it up to `kept`.
public struct DomainCounts: Equatable, Sendable {
  /// Files that were read.
  public internal(set) var files = 0
  /// Files of a folder or a pattern that were passed over because they are not text: a NUL in the first 8 KiB.
  public internal(set) var binary = 0
  /// Files and records without usable text, passed over on request.
  public internal(set) var invalid = 0
  /// Texts found.
  public internal(set) var read = 0
  /// Texts of white space only.
  public internal(set) var blank = 0
  public internal(set) var tooShort = 0
  public internal(set) var tooLong = 0
  /// Texts that stood earlier in the domain, byte for byte.
  public internal(set) var duplicates = 0
  /// Texts that qualified and were not drawn.
  public internal(set) var notSampled = 0
  public internal(set) var kept = 0

  public init() {}
}

/// A corpus and how it came about.
public struct CorpusBuild: Sendable {
  public let corpus: Corpus
  /// One element per domain of the corpus, in its order.
  public let counts: [DomainCounts]

  /// The counts as an aligned table for people, header first, without a line break at its end.
  public var table: String {
    let header = [
      "domain", "files", "binary", "invalid", "texts", "blank", "too short", "too long", "duplicates", "not drawn",
      "kept",
    ]
    let rows = zip(corpus.domains, counts).map { domain, counts in
      [domain.name.onOneLine]
        + [
          counts.files, counts.binary, counts.invalid, counts.read, counts.blank, counts.tooShort, counts.tooLong,
          counts.duplicates, counts.notSampled, counts.kept,
        ].map(String.init)
    }
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].unicodeScalars.count }.max() ?? 0 }
    return ([header] + rows).map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
        return column == 0 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

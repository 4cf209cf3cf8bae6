import Foundations
import Profiler

/// Counts of a domain's texts by outcome: `read` is the sum of all that follow it, up to `kept`.
public struct DomainCounts: Equatable, Sendable {
  /// Number of files read.
  public internal(set) var files = 0
  /// Number of files of a folder or a pattern that were skipped because they are not text: a NUL in the first 8 KiB.
  public internal(set) var binary = 0
  /// Number of files and records without usable text, skipped on request.
  public internal(set) var invalid = 0
  /// Number of texts found.
  public internal(set) var read = 0
  /// Number of texts of white space only.
  public internal(set) var blank = 0
  public internal(set) var tooShort = 0
  public internal(set) var tooLong = 0
  /// Number of texts that occurred earlier in the domain, byte for byte.
  public internal(set) var duplicates = 0
  /// Number of texts that qualified and were not drawn.
  public internal(set) var notSampled = 0
  public internal(set) var kept = 0

  public init() {}
}

/// Corpus and the counts of how it was built.
public struct CorpusBuild: Sendable {
  public let corpus: Corpus
  /// Counts of each domain of the corpus, in its order.
  public let counts: [DomainCounts]

  /// Aligned table of the counts, header first, without a trailing line break.
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

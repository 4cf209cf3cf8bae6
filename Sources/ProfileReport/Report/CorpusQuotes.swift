import Foundation
import LlamaCore
import Profiler

/// The texts of a run's corpus, where the file is still what it was.
struct CorpusQuotes {
  /// Why there is nothing to quote; empty where there is.
  let statements: [Statement]
  private let texts: [ByteString: [CorpusText]]
  /// Unicode scalars of a quotation at most.
  private static let limit = 160

  /// Looks for the file under the name that the manifest has.
  init(_ record: RunRecord) {
    let file = record.manifest["corpus"]?["file"]?.string ?? ""
    let hash = record.manifest["corpus"]?["sha256"]?.string
    guard !file.isEmpty, let (corpus, found) = try? Corpus.reading(URL(filePath: file)) else {
      statements = [
        Statement(
          .corpusNotFound,
          "The corpus is not to be found under the name in the manifest, so its texts are named but not quoted.")
      ]
      texts = [:]
      return
    }
    guard found.hexadecimal == hash else {
      statements = [
        Statement(
          .corpusChanged,
          "The corpus file is not the one that was profiled any more, so its texts are named but not quoted.")
      ]
      texts = [:]
      return
    }
    statements = []
    texts = Dictionary(uniqueKeysWithValues: corpus.domains.map { (ByteString($0.name), $0.texts) })
  }

  /// The beginning of a text on one line; nil where it is not known.
  func quote(domain: String, index: Int) -> String? {
    guard let texts = texts[ByteString(domain)], texts.indices.contains(index) else { return nil }
    switch texts[index] {
    case .tokens(let ids):
      return "token ids " + ids.prefix(20).map(String.init).joined(separator: " ") + (ids.count > 20 ? " …" : "")
    case .string(let text):
      // A text may be large: no more of it is looked at than can be shown.
      let head = text.unicodeScalars.prefix(4 * Self.limit).split { $0.properties.isWhitespace }
      let line = head.map { String($0) }.joined(separator: " ").unicodeScalars
      let cut = line.prefix(Self.limit)
      let isWhole = cut.count == line.count && text.unicodeScalars.dropFirst(4 * Self.limit).isEmpty
      return String(String.UnicodeScalarView(cut)) + (isWhole ? "" : "…")
    }
  }
}

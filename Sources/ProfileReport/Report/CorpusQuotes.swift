import Foundation
import Foundations
import ProfileStore
import Profiler

/// Texts of a run's corpus, if the file is unchanged.
struct CorpusQuotes {
  /// Reason why there is nothing to quote; empty if there is something.
  let statements: [Statement]
  /// Quotations by domain and index.
  private let quotes: [ByteString: [Int: String]]
  /// Maximum Unicode scalars of a quotation.
  private static let limit = 160

  /// Opens the file named in the manifest.
  ///
  /// - Parameter wanted: indices of the texts to quote, by domain.
  init(_ record: LoadedRun, wanted: [ByteString: Set<Int>]) {
    let file = record.settings.corpus
    var quotes: [ByteString: [Int: String]] = [:]
    var domain = ""
    let found =
      file.isEmpty
      ? nil
      : try? Corpus.forEachText(of: URL(filePath: file)) { domain, index in
        wanted[ByteString(domain)]?.contains(index) ?? false
      } domain: { name in
        domain = name
      } text: { index, text in
        quotes[ByteString(domain), default: [:]][index] = Self.quote(text)
      }
    guard let found else {
      statements = [
        Statement(
          .corpusNotFound,
          "The corpus is not to be found under the name in the manifest, so its texts are named but not quoted.")
      ]
      self.quotes = [:]
      return
    }
    guard found == record.settings.corpusFingerprint else {
      statements = [
        Statement(
          .corpusChanged,
          "The corpus file is not the one that was profiled any more, so its texts are named but not quoted.")
      ]
      self.quotes = [:]
      return
    }
    statements = []
    self.quotes = quotes
  }

  /// Returns the beginning of a text on one line; nil if it is not known.
  func quote(domain: String, index: Int) -> String? { quotes[ByteString(domain)]?[index] }

  private static func quote(_ text: CorpusText) -> String {
    switch text.content {
    case .tokens(let ids):
      return "token ids " + ids.prefix(20).map(String.init).joined(separator: " ") + (ids.count > 20 ? " …" : "")
    case .string(let text):
      // Limits how much of a large text is examined.
      let head = text.unicodeScalars.prefix(4 * limit).split { $0.properties.isWhitespace }
      let line = head.map { String($0) }.joined(separator: " ").unicodeScalars
      let cut = line.prefix(limit)
      let isWhole = cut.count == line.count && text.unicodeScalars.dropFirst(4 * limit).isEmpty
      return String(String.UnicodeScalarView(cut)) + (isWhole ? "" : "…")
    }
  }
}

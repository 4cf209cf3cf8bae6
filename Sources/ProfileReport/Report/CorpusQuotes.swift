import Foundation
import LlamaCore
import Profiler

/// The texts of a run's corpus, where the file is still what it was.
struct CorpusQuotes {
  /// Why there is nothing to quote; empty where there is.
  let statements: [Statement]
  /// By domain and index.
  private let quotes: [ByteString: [Int: String]]
  /// Unicode scalars of a quotation at most.
  private static let limit = 160

  /// Looks for the file under the name that the manifest has.
  ///
  /// - Parameter wanted: by domain the indices of the texts that are quoted.
  init(_ record: RunRecord, wanted: [ByteString: Set<Int>]) {
    let file = record.manifest["corpus"]?["file"]?.string ?? ""
    let hash = record.manifest["corpus"]?["sha256"]?.string
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
    guard found.hexadecimal == hash else {
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

  /// The beginning of a text on one line; nil where it is not known.
  func quote(domain: String, index: Int) -> String? { quotes[ByteString(domain)]?[index] }

  private static func quote(_ text: CorpusText) -> String {
    switch text {
    case .tokens(let ids):
      return "token ids " + ids.prefix(20).map(String.init).joined(separator: " ") + (ids.count > 20 ? " …" : "")
    case .string(let text):
      // A text may be large: no more of it is looked at than can be shown.
      let head = text.unicodeScalars.prefix(4 * limit).split { $0.properties.isWhitespace }
      let line = head.map { String($0) }.joined(separator: " ").unicodeScalars
      let cut = line.prefix(limit)
      let isWhole = cut.count == line.count && text.unicodeScalars.dropFirst(4 * limit).isEmpty
      return String(String.UnicodeScalarView(cut)) + (isWhole ? "" : "…")
    }
  }
}

package import Foundation
import LlamaCore

/// A kind of file that a run writes under a name of its own choosing, told from anybody else's by how it begins.
///
/// Only a run's own files are ever replaced. No list of what was written is kept, which a killed process could lose: a
/// file is a run's if it is empty, or begins as such a file does, in this version or an earlier one.
///
/// Whoever writes such a file calls ``check(_:)`` before anything is computed, and writes through
/// ``write(_:to:)`` or `StagedFile`, which look again:
///
/// ```swift
/// try OwnFile.comparison.check(url)          // before the comparisons are made
/// try OwnFile.comparison.write(text, to: url)
/// ```
///
/// A new kind is one more case with its beginning. A file that a user names himself (`--output corpus.json`) is none of
/// these: it is meant to be replaced.
package enum OwnFile: CaseIterable, Sendable {
  /// `texts.csv`.
  case texts
  /// `summary.csv`.
  case summary
  /// `<domain>.csv`.
  case domain
  /// `comparison.csv`, and the files of `comparisons`.
  case comparison
  /// `massive.csv`.
  case massive
  /// `manifest.json`.
  case manifest
  /// `report.html`.
  case report
  /// A picture of `figures`.
  case figure

  /// What every file of the kind begins with, whichever version wrote it; columns are only ever added at the end.
  private var start: String {
    switch self {
    case .texts: "domain,text,tokens,scope,layer,mean,abs_mean"
    case .summary: "domain,scope,layer,metric,texts,mean,variance"
    case .domain: "layer,texts,mean,mean_variance,abs_mean"
    case .comparison: "metric,scope,layer,domain_a,domain_b,n_a,n_b"
    case .massive: "domain,text,layer,position,token,dimension,value"
    case .manifest: "{\n  \"model\": {\n    \"directory\": \""
    case .report: "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    case .figure: "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 "
    }
  }

  /// What a file of the kind holds besides, one of them in its first bytes; the second is that of files before marks.
  private var marks: [String] {
    switch self {
    case .report: [Self.htmlMark, "<title>Profile of "]
    case .figure: [Self.svgMark, "<style>text{font:11px system-ui,-apple-system"]
    default: []
    }
  }

  /// Stands in the head of every page.
  static let htmlMark = "<meta name=\"generator\" content=\"fp-cli\">"
  /// Stands after the title of every picture.
  static let svgMark = "<metadata>fp-cli</metadata>"

  /// Bytes of a file to look at: a mark may stand behind the name of a model or of a domain.
  private static let headSize = 4096

  /// Refuses to replace what is not the run's: call it before anything is computed.
  ///
  /// - Throws: ``ReportError/notOwn(file:expected:found:)`` for a file of the name that begins otherwise, or
  ///   ``ReportError/cannotWrite(file:reason:)`` where it cannot be read. What is missing is no error.
  package func check(_ url: URL) throws(ReportError) {
    guard let head = try Self.head(of: url), !isOwn(head) else { return }
    let found = String(decoding: head.prefix(60), as: UTF8.self)
    throw .notOwn(file: url.relativePath, expected: start, found: found)
  }

  /// Whether a file is there and is the run's. Whatever cannot be read is not.
  package func isOwn(_ url: URL) -> Bool { ((try? Self.head(of: url)) ?? nil).map(isOwn) ?? false }

  /// Whether a file is there, is the run's, and holds something: an empty one is to be written anew.
  func isWhole(_ url: URL) -> Bool { ((try? Self.head(of: url)) ?? nil).map { !$0.isEmpty && isOwn($0) } ?? false }

  /// Writes a file, whole or not at all, in the place of the run's own or of none.
  ///
  /// - Throws: ``ReportError``.
  package func write(_ text: String, to url: URL) throws(ReportError) {
    let file = try StagedFile(self, url)
    try file.write(Array(text.utf8))
    try file.commit()
  }

  private func isOwn(_ head: [UInt8]) -> Bool {
    if head.isEmpty { return true }
    let marks = marks.map { Array($0.utf8) }
    return head.starts(with: start.utf8) && (marks.isEmpty || marks.contains { head.firstRange(of: $0) != nil })
  }

  /// The first bytes of a file; nil where there is none.
  private static func head(of url: URL) throws(ReportError) -> [UInt8]? {
    do {
      let file = try RegularFile(url)
      return try file.bytes(0..<min(file.count, headSize))
    } catch {
      // What is wrong with a folder is told by whoever makes it.
      if [.system(ENOENT), .system(ENOTDIR)].contains(error.reason) { return nil }
      throw .cannotWrite(file: error.path, reason: error.reason.description)
    }
  }
}

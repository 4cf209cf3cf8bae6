package import Foundation
import Foundations

/// Kinds of files that a run writes under fixed names, recognised by their first bytes.
///
/// Only a run's own files are ever replaced. There is no list of written files, which a killed process could lose: a
/// file is a run's if it begins as a file of its kind does in this version or an earlier one, or is empty, as earlier
/// versions may have left it.
///
/// Code that writes such a file calls ``check(_:)`` before computing anything, and writes through `StagedFiles`, which checks
/// again:
///
/// ```swift
/// try OwnFile.comparison.check(url)          // before the comparisons are made
/// try files.add(.comparison, name, text)
/// ```
///
/// A new kind is one more case with its first bytes. A file that the user names (`--output corpus.json`) is not of
/// these kinds: it is meant to be replaced.
package enum OwnFile: CaseIterable, Sendable {
  /// `texts.csv`.
  case texts
  /// `summary.csv`.
  case summary
  /// `<domain>.csv`.
  case domain
  /// `comparison.csv`, and the files of `comparisons`.
  case comparison
  /// Change along several runs in order, in the folder `comparisons`.
  case order
  /// `massive.csv`.
  case massive
  /// `shape.csv` and `identification.csv`.
  case shape, identification
  /// `groups.csv`.
  case groups
  /// `ablation.csv`, `ablation_summary.csv`, `effects.csv`, `proxies.csv` and `ablation_comparison.csv`.
  case ablation, ablationSummary, effects, proxies, ablationComparison
  /// `removal.csv`.
  case removal
  /// `manifest.json`.
  case manifest
  /// `report.html`.
  case report
  /// Picture of `figures`.
  case figure

  /// First bytes of every file of the kind, in every version. A new column stands anywhere after these.
  private var start: String {
    switch self {
    case .texts: "domain,text,tokens,scope,layer,mean,abs_mean"
    case .summary: "domain,scope,layer,metric,texts,mean,variance"
    case .domain: "layer,texts,mean,mean_variance,abs_mean"
    case .comparison: "metric,scope,layer,domain_a,domain_b,n_a,n_b"
    case .order: "metric,scope,layer,domain,texts,groups,runs"
    case .massive: "domain,text,layer,position,token,dimension,value"
    case .shape: "metric,scope,domain_a,domain_b,distance"
    case .identification: "input,true,named,texts"
    case .groups: "domain,text,tokens,group,copy_of"
    case .ablation: "domain,text,tokens,part,layer,head"
    case .ablationSummary: "domain,part,layer,head,texts,delta_nll"
    case .effects: "domain,part,layer,at,mean,max"
    case .proxies: "domain,scope,metric,spearman"
    case .ablationComparison: "part,layer,head,domain_a,domain_b"
    case .removal: "rule,step,part,layer,domain,split"
    case .manifest: "{\n  \"model\": {\n    \"directory\": \""
    case .report: "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    case .figure: "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 "
    }
  }

  /// Marks of the kind, one of which occurs in the head of the file; the second is that of files from before marks were
  /// introduced.
  private var marks: [String] {
    switch self {
    case .report: [Self.htmlMark, "<title>Profile of "]
    case .figure: [Self.svgMark, "<style>text{font:11px system-ui,-apple-system"]
    default: []
    }
  }

  /// Mark in the head of every page.
  static let htmlMark = "<meta name=\"generator\" content=\"fp-cli\">"
  /// Mark after the title of every picture.
  static let svgMark = "<metadata>fp-cli</metadata>"

  /// Number of bytes to examine: a mark may follow the name of a model or of a domain.
  private static let headSize = 4096

  /// Refuses to replace a file that is not the run's; call it before computing.
  ///
  /// - Throws: ``ReportError/notOwn(file:expected:found:)`` for a file of this name that begins differently, or
  ///   ``ReportError/cannotWrite(file:reason:)`` if it cannot be read. A missing file is not an error.
  package func check(_ url: URL) throws(ReportError) {
    guard let head = try Self.head(of: url), !isOwn(head) else { return }
    let found = String(decoding: head.prefix(60), as: UTF8.self)
    throw .notOwn(file: url.relativePath, expected: start, found: found)
  }

  /// True if the file exists and is the run's; false if it cannot be read.
  package func isOwn(_ url: URL) -> Bool { ((try? Self.head(of: url)) ?? nil).map(isOwn) ?? false }

  /// True if the file exists, is the run's, and is not empty: an empty file has to be written again.
  func isWhole(_ url: URL) -> Bool { ((try? Self.head(of: url)) ?? nil).map { !$0.isEmpty && isOwn($0) } ?? false }

  private func isOwn(_ head: [UInt8]) -> Bool {
    if head.isEmpty { return true }
    let marks = marks.map { Array($0.utf8) }
    return head.starts(with: start.utf8) && (marks.isEmpty || marks.contains { head.firstRange(of: $0) != nil })
  }

  /// Returns the first bytes of a file; nil if it does not exist.
  private static func head(of url: URL) throws(ReportError) -> [UInt8]? {
    do {
      let file = try RegularFile(url)
      return try file.bytes(0..<min(file.count, headSize))
    } catch {
      // Errors of the folder are reported when it is created.
      if [.system(ENOENT), .system(ENOTDIR)].contains(error.reason) { return nil }
      throw .cannotWrite(file: error.path, reason: error.reason.description)
    }
  }
}

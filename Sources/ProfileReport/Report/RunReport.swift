public import Foundation
import LlamaCore
public import Profiler

/// A run as a page to read and as pictures for a paper.
///
/// The same run, comparisons and seed give the same bytes, apart from the date of the page.
public struct RunReport: Sendable {
  private let figures: ReportFigures
  private let quotes: CorpusQuotes

  /// - Parameters:
  ///   - record: the run.
  ///   - comparisons: the metrics and scopes that were compared, in the order of the page's table; the page says how to
  ///     get them where there are none.
  ///   - seed: where the draws for the ranking of the blocks begin.
  public init(_ record: RunRecord, comparisons: [DomainComparison], seed: UInt64 = 0) {
    var rankings: [ReportFigures.RankingKey: BlockRanking] = [:]
    for metric in [Metric.blockInfluence, .angularDistance] {
      for scope in record.scopes {
        rankings[.init(metric: metric, scope: scope)] = BlockRanking(
          record.samples(metric, scope), layers: record.layers, seed: seed)
      }
    }
    figures = ReportFigures(data: ReportData(record), comparisons: comparisons, rankings: rankings)
    quotes = CorpusQuotes(record)
  }

  /// `report.html`.
  ///
  /// - Parameter date: when the page is written.
  public func page(date: Date) -> String {
    ReportPage(figures: figures, quotes: quotes, date: date.formatted(.iso8601)).html
  }

  /// The pictures of the page as SVG files of their own, with their names.
  public var pictures: [(name: String, svg: String)] {
    figures.all.map { ("\($0.name).svg", $0.file(series: figures.data.names.count, isDense: figures.isDense)) }
  }

  /// Writes `report.html` and `figures/*.svg`, each whole or not at all, the page last.
  ///
  /// - Parameter directory: the folder of the run.
  /// - Returns: the page's place and size in bytes.
  /// - Throws: ``ReportError``.
  @discardableResult
  public func write(to directory: URL, date: Date = Date()) throws(ReportError) -> (page: URL, bytes: Int) {
    let folder = directory.appending(path: "figures")
    do {
      try OutputFolder.make(at: folder)
    } catch {
      throw .cannotWrite(file: error.path, reason: error.reason.description)
    }
    for (name, svg) in pictures { try Self.write(svg, to: folder.appending(path: name)) }
    let page = page(date: date)
    let url = directory.appending(path: "report.html")
    try Self.write(page, to: url)
    return (url, page.utf8.count)
  }

  private static func write(_ text: String, to url: URL) throws(ReportError) {
    do {
      var file = try WholeFile(at: url)
      try file.write(text)
      try file.commit()
    } catch {
      throw .cannotWrite(file: url.relativePath, reason: error.reason.description)
    }
  }
}

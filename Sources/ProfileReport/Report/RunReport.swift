public import Foundation
import Foundations
import LlamaCore
public import Profiler
import Statistics

/// Report of a run: a page to read and pictures for a paper.
///
/// The same run, comparisons and seed give identical bytes, apart from the date of the page.
public struct RunReport: Sendable {
  private let page: ReportPage

  /// - Parameters:
  ///   - record: the run.
  ///   - comparisons: the compared metrics and scopes of all the run's domains, as
  ///     ``LoadedRun/comparisons(_:progress:)`` makes them, in the order of the page's table; if empty, the page
  ///     explains how to obtain them.
  ///   - seed: seed of the draws for the ranking of the blocks.
  /// - Throws: `FileError` if the rows of the run cannot be read back; `StoreError` if the costs of removals cannot.
  public init(_ record: LoadedRun, comparisons: [DomainComparison], seed: UInt64 = 0) throws {
    try self.init(record, ablation: record.ablation(), comparisons: comparisons, seed: seed)
  }

  /// As above, with what the removals of the run cost.
  package init(
    _ record: LoadedRun, ablation: RunAblation?, comparisons: [DomainComparison], seed: UInt64 = 0
  ) throws {
    let threads = comparisons.first?.settings.threads ?? RunOptions().threads
    try self.init(
      record, ablation: ablation, comparisons: comparisons,
      composition: record.composition(seed: seed, threads: threads), seed: seed)
  }

  /// As above, with what the profiles are made of.
  init(
    _ record: LoadedRun, ablation: RunAblation?, comparisons: [DomainComparison], composition: ProfileComposition?,
    seed: UInt64
  ) throws {
    var rankings: [ReportFigures.RankingKey: BlockRanking] = [:]
    for metric in ReportFigures.rankedMetrics {
      for scope in record.scopes {
        rankings[.init(metric: metric, scope: scope)] = try BlockRanking(
          record.samples(metric, scope), layers: record.layers, seed: seed)
      }
    }
    let figures = try ReportFigures(
      data: ReportData(record, ablation, composition), comparisons: comparisons, rankings: rankings)
    let mostAffected = try Dictionary(
      uniqueKeysWithValues: record.scopes.map { ($0, try MostAffectedTexts(record, scope: $0)) })
    var wanted: [ByteString: Set<Int>] = [:]
    for entry in mostAffected.values.flatMap({ $0.blocks.joined() }) {
      wanted[ByteString(entry.domain), default: []].insert(entry.index)
    }
    page = ReportPage(figures, quotes: CorpusQuotes(record, wanted: wanted), mostAffected: mostAffected)
  }

  /// Returns `report.html`.
  ///
  /// - Parameter date: date of the page.
  public func page(date: Date) -> String { page.html(date: date.formatted(.iso8601)) }

  /// Sentences of the page that depend on the run.
  package var statements: [Statement] { page.statements }

  /// Pictures of the page as standalone SVG files, with their names.
  public var pictures: [(name: String, svg: String)] {
    page.pictures.map { ("\($0.name).svg", $0.file(series: page.data.names.count, isDense: page.data.isDense)) }
  }

  /// Name of the page in the folder of a run.
  static let fileName = "report.html"
  /// Name of the folder of the pictures.
  static let figureFolderName = "figures"

  /// Refuses a folder that has files under the names of a report's files which are not a run's; call it before
  /// comparing.
  ///
  /// - Throws: ``ReportError``.
  public static func check(_ directory: URL) throws(ReportError) {
    try OwnFile.comparison.check(directory.appending(path: ComparisonCSV.fileName))
    for (kind, name) in CompositionCSV.files { try kind.check(directory.appending(path: name)) }
    try OwnFile.report.check(directory.appending(path: fileName))
    let folder = directory.appending(path: figureFolderName)
    var status = stat()
    if lstat(folder.path, &status) == 0 {
      guard stat(folder.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw .cannotWrite(file: folder.relativePath, reason: "expected a folder, found something else")
      }
      guard access(folder.path, W_OK) == 0 else {
        throw .cannotWrite(file: folder.relativePath, reason: String(cString: strerror(errno)))
      }
    }
    // A missing folder has no files.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted() where isFigure(name) { try OwnFile.figure.check(folder.appending(path: name)) }
  }

  /// True for the names of pictures' files.
  package static func isFigure(_ name: String) -> Bool {
    name.hasSuffix(".svg") && FigureName(String(name.dropLast(4))) != nil
  }

  /// Writes `report.html` and `figures/*.svg`, the page last; nothing changes before all of them are complete. Removes
  /// pictures of an earlier report that no longer occur.
  ///
  /// - Parameter directory: folder of the run.
  /// - Returns: URL of the page and its size in bytes.
  /// - Throws: ``ReportError``.
  @discardableResult
  public func write(to directory: URL, date: Date = Date()) throws(ReportError) -> (page: URL, bytes: Int) {
    var files = StagedFiles(directory, of: page.data.record.settings)
    let bytes = try stage(into: &files, date: date)
    try files.commit()
    return (directory.appending(path: Self.fileName), bytes)
  }

  /// Writes the page and the pictures under hidden names.
  ///
  /// - Returns: size of the page in bytes.
  func stage(into files: inout StagedFiles, date: Date = Date()) throws(ReportError) -> Int {
    for (name, svg) in pictures { try files.add(.figure, "\(Self.figureFolderName)/\(name)", svg) }
    let page = page(date: date)
    try files.add(.report, Self.fileName, page)
    return page.utf8.count
  }
}

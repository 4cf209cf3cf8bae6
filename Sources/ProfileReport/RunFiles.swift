public import Foundation
import LlamaCore
public import ProfileStore
public import Profiler

/// All files that derive from a finished run: those of ``RunExport`` and, unless left out, `comparison.csv`,
/// `shape.csv`, `identification.csv`, `report.html` and `figures`.
///
/// ```swift
/// let runner = try ProfileRunner(model, corpus, in: folder)
/// try runner.run()
/// try RunFiles(of: folder).finish(runner)
/// ```
public struct RunFiles {
  /// Folder of the run.
  public let run: URL
  /// Folder to write into, which is created if missing.
  public let directory: URL
  /// Compares the domains and draws the report, in addition to the CSV files and the manifest.
  public var hasReport = true
  /// Settings of the comparison, with one thread per processor by default.
  public var settings = ComparisonSettings()
  /// Domains to combine in the comparison and the report; none for the run's own.
  public var pools: [DomainPool] = []
  /// Peak memory limit in bytes; nil for half of the free memory.
  public var memoryLimit: Int?
  /// Bytes that the process holds otherwise, which count against the limit.
  public var heldBytes = 0
  /// Function that is called with the compared fraction, from 0 to 1.
  public var progress: (Double) -> Void = { _ in }

  /// Page that was written.
  public struct Report: Sendable {
    public let page: URL
    /// Size of the page.
    public let bytes: Int
  }

  /// Files that were written.
  public struct Written {
    public let contents: RunExport.Contents
    /// Page, unless it was left out.
    public let report: Report?
  }

  /// - Parameters:
  ///   - run: folder of the run.
  ///   - directory: folder to write into; that of the run by default.
  public init(of run: URL, in directory: URL? = nil) {
    self.run = run
    self.directory = directory ?? run
    settings.threads = RunOptions().threads
  }

  /// Writes the files of a finished run. Everything is checked before anything is computed, and no file of the folder
  /// changes before all new ones are complete.
  ///
  /// - Parameter store: the run.
  /// - Throws: `StoreError`, also for a run that is not finished, ``ReportError``, `ComparisonError`, `FileError`.
  @discardableResult
  public func write(_ store: ProfileStore) throws -> Written {
    try check(store)
    var files = StagedFiles(directory, of: store.settings)
    let contents = try RunExport(store).stage(into: &files)
    let report = hasReport ? try stageReport(store, into: &files) : nil
    try files.commit()
    return Written(contents: contents, report: report)
  }

  /// Closes a run whose texts are all done, writes its files, and records the peak memory of this process.
  ///
  /// - Parameters:
  ///   - seconds: duration of the session; by default up to its last wave.
  ///   - threadSeconds: breakdown of the session's time.
  /// - Throws: As ``write(_:)``.
  @discardableResult
  public func finish(
    _ runner: ProfileRunner, seconds: Double? = nil, threadSeconds: [(name: String, seconds: Double)] = []
  ) throws -> Written {
    let store = try runner.finish(seconds: seconds, threadSeconds: threadSeconds)
    var files = self
    files.heldBytes += runner.profiler.corpus.byteCount
    let written = try files.write(store)
    // A process that found everything computed notes nothing.
    guard runner.hasWorked else { return written }
    runner.folder.note(peakResident: SystemMemory.peakResident)
    let contents = try RunExport(runner.folder.finishedStore()).rewriteManifest(of: written.contents, in: directory)
    return Written(contents: contents, report: written.report)
  }

  /// Returns the contents of the files if the folder already has all of them, see
  /// ``RunExport/contents(writtenTo:withReport:)``.
  ///
  /// - Throws: `StoreError`.
  public func contents(writtenBy store: ProfileStore) throws -> RunExport.Contents? {
    try RunExport(store).contents(writtenTo: directory, withReport: hasReport)
  }

  /// Compares the domains of the run and writes the comparison and the report only. All files are written if the folder
  /// still has those of a run that this one has replaced.
  ///
  /// - Throws: As ``write(_:)``; `PoolError`.
  @discardableResult
  public func writeReport() throws -> Report {
    try RunReport.check(directory)
    let store = try ProfileStore(reading: run.appending(path: RunFolder.fileName))
    try RunOwner.check(directory, store.settings)
    var files = StagedFiles(directory, of: store.settings)
    if RunOwner.hasManifestOfAnother(directory, store.settings) {
      try check(store)
      _ = try RunExport(store).stage(into: &files)
    }
    let report = try stageReport(store, into: &files)
    try files.commit()
    return report
  }

  private func stageReport(_ store: ProfileStore, into files: inout StagedFiles) throws -> Report {
    let record = try LoadedRun(store, directory: run).pooled(pools)
    let settings = try ReportMemory(record, held: heldBytes).fitted(settings, limit: memoryLimit)
    let runs = try ComparedRuns(record)
    let file = ComparisonFile(runs, columns: runs.columns, settings: settings)
    try file.check(in: directory)
    let comparisons = try record.comparisons(settings, progress: progress)
    let composition = try record.composition(seed: settings.seed, threads: settings.threads)
    try file.stage(comparisons, composition, into: &files)
    let report = try RunReport(
      record, ablation: record.ablation(), comparisons: comparisons, composition: composition, seed: settings.seed)
    let bytes = try report.stage(into: &files)
    return Report(page: directory.appending(path: RunReport.fileName), bytes: bytes)
  }
}

// MARK: Checks before computing

extension RunFiles {
  /// Refuses, before a run is made, a folder with foreign files under the names of its files, and a memory limit that
  /// the report would exceed.
  ///
  /// - Throws: ``ReportError``.
  public func check(_ profiler: CorpusProfiler) throws(ReportError) {
    try RunExport.check(
      directory, domains: profiler.corpus.domains.map(\.name), ablation: profiler.ablation, withReport: hasReport)
    if hasReport { _ = try ReportMemory(profiler).fitted(settings, limit: memoryLimit) }
  }

  /// Refuses a folder with the files of another run, before a run of these settings is begun in it. A folder with a
  /// database is not refused here: it is resumed, replaced or refused when `ProfileRunner` opens it.
  ///
  /// - Throws: ``ReportError``.
  public func check(_ settings: RunSettings) throws(ReportError) {
    guard !FileManager.default.fileExists(atPath: directory.appending(path: RunFolder.fileName).path) else { return }
    try RunOwner.check(directory, settings)
  }

  /// Refuses, before the files of a run are written, a folder of another run or with foreign files, a run that is not
  /// finished, and a memory limit that the report would exceed.
  ///
  /// - Throws: ``ReportError``, `StoreError`.
  public func check(_ store: ProfileStore) throws {
    try RunOwner.check(directory, store.settings)
    try RunExport.check(
      directory, domains: store.domains().map(\.name), ablation: store.settings.ablation, withReport: hasReport)
    _ = try RunExport(store)
    if hasReport { _ = try ReportMemory(store).fitted(settings, limit: memoryLimit) }
  }
}

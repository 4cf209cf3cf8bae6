public import Foundation
import LlamaCore
public import Profiler

/// Writes the files of a run into a folder, each whole or not at all.
///
/// The rows of `texts.csv` are written as they come. All files are first written in full beside their places; only then
/// do they take their names, `manifest.json` last, after one of an earlier run is gone. So a folder with a manifest
/// holds a whole run. Dropping a writer that was not finished leaves the folder as it was.
///
/// ```swift
/// let writer = try RunWriter(directory: output, domains: corpus.domains.map(\.name), metrics: profiler.metrics)
/// let profile = try profiler.profile(with: model, sink: writer.add)
/// try writer.finish(profile, manifest: manifest)
/// ```
public final class RunWriter {
  private let directory: URL
  private let domainFiles: [String]
  private let metrics: [Metric]
  private let texts: StagedFile
  /// One text's rows.
  private var csv = CSVText()

  /// Creates the folder where it is missing, and opens `texts.csv`: what could not be written later is refused now.
  ///
  /// - Parameters:
  ///   - domains: the names of the run's domains.
  ///   - metrics: what the run measures, `CorpusProfiler.metrics`.
  /// - Throws: ``ReportError``.
  public init(directory: URL, domains: [String], metrics: [Metric] = Metric.standard) throws(ReportError) {
    domainFiles = try DomainFileNames.names(of: domains)
    self.metrics = metrics
    self.directory = directory
    do {
      try OutputFolder.make(at: directory)
    } catch {
      throw .cannotWrite(file: error.path, reason: error.reason.description)
    }
    texts = try StagedFile(directory.appending(path: "texts.csv"))
    csv.header(ProfileCSV.textsHeader(metrics))
    try flush()
  }

  /// Writes a text's rows; the sink of a run.
  ///
  /// - Throws: ``ReportError``.
  public func add(_ profile: TextProfile) throws(ReportError) {
    ProfileCSV.append(profile, metrics, to: &csv)
    try flush()
  }

  /// Writes the remaining files and gives all of them their names.
  ///
  /// - Parameter profile: the run's result, with the domains and metrics the writer was made for.
  /// - Throws: ``ReportError``.
  public func finish(_ profile: CorpusProfile, manifest: RunManifest) throws(ReportError) {
    var files = [texts]
    for (domain, name) in zip(profile.domains, domainFiles) {
      files.append(try staged(name, Array(ProfileCSV.domain(domain).utf8)))
    }
    files.append(try staged("summary.csv", Array(ProfileCSV.summary(profile.domains).utf8)))
    files.append(try staged("manifest.json", manifest.json(profile, domainFiles: domainFiles)))
    for file in files { try file.synchronize() }
    // What was made of an earlier run must not stand beside this one.
    for name in ["manifest.json", "report.html", "comparison.csv"] { try remove(name) }
    for file in files { try file.commit() }
  }

  private func staged(_ name: String, _ bytes: [UInt8]) throws(ReportError) -> StagedFile {
    let file = try StagedFile(directory.appending(path: name))
    try file.write(bytes)
    return file
  }

  private func flush() throws(ReportError) {
    try texts.write(Array(csv.text.utf8))
    csv.removeAll()
  }

  private func remove(_ name: String) throws(ReportError) {
    let file = directory.appending(path: name)
    do {
      try FileManager.default.removeItem(at: file)
    } catch CocoaError.fileNoSuchFile {
      return
    } catch {
      throw .cannotWrite(file: file.relativePath, reason: FileFailure(error).reason)
    }
  }
}

/// A file on its way to its name. A class, because files of this kind cannot be copied and a run has a list of them.
private final class StagedFile {
  private let path: String
  private var file: WholeFile?

  init(_ url: URL) throws(ReportError) {
    path = url.relativePath
    do { file = try WholeFile(at: url) } catch { throw .cannotWrite(file: path, reason: error.reason.description) }
  }

  func write(_ bytes: [UInt8]) throws(ReportError) {
    do { try file?.write(bytes) } catch { throw .cannotWrite(file: path, reason: error.reason.description) }
  }

  func synchronize() throws(ReportError) {
    do { try file?.synchronize() } catch { throw .cannotWrite(file: path, reason: error.reason.description) }
  }

  func commit() throws(ReportError) {
    guard let file = file.take() else { return }
    do { try file.commit() } catch { throw .cannotWrite(file: path, reason: error.reason.description) }
  }
}

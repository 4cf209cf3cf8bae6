public import Foundation
import Foundations
import LlamaCore
public import ProfileStore
public import Profiler

/// Writer of the files that derive from a run: `texts.csv`, `<domain>.csv`, `summary.csv`, `massive.csv` and
/// `manifest.json`.
///
/// All files are first written in full beside their destinations, and only then renamed, `manifest.json` last, after
/// the manifest of an earlier run has been removed. A folder with a manifest therefore holds the files of a complete
/// run. Rows are passed on as they are read, so memory does not depend on their number.
public struct RunExport {
  private let store: ProfileStore

  /// - Throws: `StoreError.unfinished` if some texts have yet to be run.
  public init(_ store: ProfileStore) throws(StoreError) {
    let counts = try store.counts()
    guard counts.isFinished else {
      throw .unfinished(file: store.file, texts: counts.texts, finished: counts.finished)
    }
    self.store = store
  }

  /// Content of the files.
  public struct Contents {
    /// Statistics of the run.
    public let profile: CorpusProfile
    /// Texts that were not run: the first of them, and their number.
    public let failures: (first: [ProfileStore.Failure], count: Int)
    /// `manifest.json`.
    public let manifest: String
  }

  /// Reads the run without writing anything.
  ///
  /// - Throws: `StoreError`.
  public func contents() throws -> Contents { try contents { _ in } }

  /// Returns the contents if the folder already has all files. `manifest.json` is the last of the run's files; the
  /// comparison and the page, checked if requested, are written after it. Missing pictures are ignored.
  ///
  /// - Returns: nil if some files have to be written.
  /// - Throws: `StoreError`.
  public func contents(writtenTo directory: URL, withReport: Bool) throws -> Contents? {
    let contents = try contents()
    let names = DomainFileNames.names(of: contents.profile.domains.map(\.name)).map { (OwnFile.domain, $0) }
    let files = [(.texts, "texts.csv"), (.summary, "summary.csv"), (.massive, "massive.csv")] + names
    let ofReport: [(OwnFile, String)] = [(.report, RunReport.fileName), (.comparison, ComparisonCSV.fileName)]
    for (kind, name) in files + (withReport ? ofReport : []) {
      guard kind.isWhole(directory.appending(path: name)) else { return nil }
    }
    let manifest = directory.appending(path: "manifest.json")
    let found = try? RegularFile.bytes(of: manifest, limit: contents.manifest.utf8.count)
    return found == Array(contents.manifest.utf8) ? contents : nil
  }

  /// Refuses a folder that has files under the names of a run's files which are not a run's; call it before computing.
  ///
  /// - Parameters:
  ///   - domains: names of the run's domains.
  ///   - withReport: true if comparisons and a report are to be written too.
  /// - Throws: ``ReportError``.
  public static func check(_ directory: URL, domains: [String], withReport: Bool) throws(ReportError) {
    let files: [(OwnFile, String)] = [
      (.texts, "texts.csv"), (.summary, "summary.csv"), (.massive, "massive.csv"), (.manifest, "manifest.json"),
    ]
    for (kind, name) in files { try kind.check(directory.appending(path: name)) }
    for name in DomainFileNames.names(of: domains) { try OwnFile.domain.check(directory.appending(path: name)) }
    if withReport { try RunReport.check(directory) }
  }

  /// Writes the files into a folder, which is created if missing.
  ///
  /// - Parameter withReport: true if a comparison and a page will be written afterwards.
  /// - Throws: `StoreError`, ``ReportError``; then no file has changed.
  @discardableResult
  public func write(to directory: URL, withReport: Bool = false) throws -> Contents {
    do {
      try OutputFolder.create(at: directory)
    } catch {
      throw ReportError.cannotWrite(file: error.path, reason: error.reason.description)
    }
    let texts = try StagedFile(.texts, directory.appending(path: "texts.csv"))
    let metrics = store.settings.metrics
    var csv = CSVText()
    csv.header(ProfileCSV.textsHeader(metrics))
    let contents = try contents { text in
      ProfileCSV.append(text, metrics, to: &csv)
      try texts.write(Array(csv.text.utf8))
      csv.removeAll()
    }
    // Writes the header even if the run has no texts.
    try texts.write(Array(csv.text.utf8))
    let profile = contents.profile
    let names = DomainFileNames.names(of: profile.domains.map(\.name))
    var files = [texts]
    for (domain, name) in zip(profile.domains, names) {
      files.append(try StagedFile(.domain, directory.appending(path: name), ProfileCSV.domain(domain)))
    }
    let summary = ProfileCSV.summary(profile.domains, store.scopes)
    files.append(try StagedFile(.summary, directory.appending(path: "summary.csv"), summary))
    files.append(try massive(directory))
    files.append(try StagedFile(.manifest, directory.appending(path: "manifest.json"), contents.manifest))
    for file in files { try file.synchronize() }
    try removeStale(in: directory, domainFiles: names, withReport: withReport)
    for file in files { try file.commit() }
    return contents
  }

  private func massive(_ directory: URL) throws -> StagedFile {
    let file = try StagedFile(.massive, directory.appending(path: "massive.csv"))
    var csv = CSVText()
    csv.header(ProfileCSV.massiveHeader)
    try file.write(Array(csv.text.utf8))
    try store.forEachMassiveActivation { row in
      csv.removeAll()
      ProfileCSV.append(row, to: &csv)
      try file.write(Array(csv.text.utf8))
    }
    return file
  }

  /// Rewrites `manifest.json` with what has since been recorded of the run's sessions.
  ///
  /// - Returns: The contents with the new manifest.
  /// - Throws: `StoreError`, ``ReportError``.
  public func rewriteManifest(of contents: Contents, in directory: URL) throws -> Contents {
    let manifest = String(decoding: try RunManifest(store, contents.profile).json, as: UTF8.self)
    try StagedFile(.manifest, directory.appending(path: "manifest.json"), manifest).commit()
    return Contents(profile: contents.profile, failures: contents.failures, manifest: manifest)
  }

  private func contents(_ body: (TextProfile) throws -> Void) throws -> Contents {
    var profile = CorpusProfile(store, domains: try store.domains())
    try store.forEachText { domain, text in
      profile.add(text, domain: domain)
      try body(text)
    }
    let manifest = try RunManifest(store, profile)
    return Contents(
      profile: profile, failures: manifest.failures, manifest: String(decoding: manifest.json, as: UTF8.self))
  }

  /// Removes files derived from an earlier run, which must not remain beside this one.
  private func removeStale(in directory: URL, domainFiles: [String], withReport: Bool) throws(ReportError) {
    let manifest = directory.appending(path: "manifest.json")
    if OwnFile.manifest.isOwn(manifest), let json = try? JSONValue(contentsOf: manifest, limit: 1 << 24) {
      let kept = Set(domainFiles)
      for name in (json["domains"]?.array ?? []).compactMap({ $0["file"]?.string }) where !kept.contains(name) {
        let file = directory.appending(path: name)
        if !name.contains("/"), OwnFile.domain.isOwn(file) { try remove(file) }
      }
      if !RunOwner.isMade(json, of: store.settings) {
        let folder = directory.appending(path: ComparisonFile.folderName)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where OwnFile.comparison.isOwn(folder.appending(path: name)) {
          try remove(folder.appending(path: name))
        }
      }
    }
    if OwnFile.manifest.isOwn(manifest) { try remove(manifest) }
    for (kind, name) in [(OwnFile.report, RunReport.fileName), (.comparison, ComparisonCSV.fileName)] {
      let file = directory.appending(path: name)
      guard kind.isOwn(file) else { continue }
      // Emptied if it will be rewritten, which keeps its permissions and a symbolic link.
      if withReport { try empty(file) } else { try remove(file) }
    }
  }

  private func empty(_ file: URL) throws(ReportError) {
    guard truncate(file.path, 0) == 0 || errno == ENOENT else {
      throw .cannotWrite(file: file.relativePath, reason: String(cString: strerror(errno)))
    }
  }

  /// Removes a file; of a symbolic link its target, where the new file will be written.
  private func remove(_ file: URL) throws(ReportError) {
    let path = file.resolvingSymlinksInPath().path
    guard unlink(path) == 0 || errno == ENOENT else {
      throw .cannotWrite(file: file.relativePath, reason: String(cString: strerror(errno)))
    }
  }
}

extension CorpusProfile {
  /// Creates the statistics of a run before any text is added.
  init(_ store: ProfileStore, domains: [ProfileStore.Domain]) {
    self.init(
      metrics: store.settings.metrics,
      domains: domains.map {
        DomainProfile(
          name: $0.name, layers: store.settings.layers, metrics: store.settings.metrics, emptyTexts: $0.emptyTexts,
          truncatedTexts: $0.truncatedTexts, copies: $0.copies)
      })
  }
}

public import Foundation
import Foundations
import LlamaCore
public import ProfileStore
public import Profiler

/// Writer of the files that derive from a run: `texts.csv`, `<domain>.csv`, `summary.csv`, `massive.csv`,
/// `groups.csv` and `manifest.json`.
///
/// All files are first written in full beside their destinations, and only then renamed, `manifest.json` last, after
/// the earlier manifest has been removed. A folder with a manifest therefore holds the files of one complete run. Rows
/// are passed on as they are read, so memory does not depend on their number.
public struct RunExport {
  private let store: ProfileStore

  /// - Throws: `StoreError.unfinished` if some texts have yet to be run.
  public init(_ store: ProfileStore) throws(StoreError) {
    try store.checkFinished()
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
    /// What the removals of the run cost; nil for a run without.
    public let ablation: RunAblation?
  }

  /// Reads the run without writing anything.
  ///
  /// - Throws: `StoreError`.
  public func contents() throws -> Contents { try contents { _ in } }

  /// Returns the contents if the folder already has all files: the run's `manifest.json`, which is the last of them, and
  /// under the other names files that are not empty, as those of earlier versions may be. Missing pictures are ignored.
  ///
  /// - Returns: nil if some files have to be written.
  /// - Throws: `StoreError`.
  public func contents(writtenTo directory: URL, withReport: Bool) throws -> Contents? {
    let contents = try contents()
    let names = DomainFileNames.names(of: contents.profile.domains.map(\.name)).map { (OwnFile.domain, $0) }
    let files =
      [(.texts, "texts.csv"), (.summary, "summary.csv"), (.massive, "massive.csv"), (.groups, GroupsCSV.fileName)]
      + names
      + (contents.ablation?.files ?? [])
    let ofReport = [(OwnFile.report, RunReport.fileName), (.comparison, ComparisonCSV.fileName)] + CompositionCSV.files
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
  ///   - ablation: removals of the run; nil for none.
  ///   - withReport: true if comparisons and a report are to be written too.
  /// - Throws: ``ReportError``.
  public static func check(
    _ directory: URL, domains: [String], ablation: Ablation? = nil, withReport: Bool
  ) throws(ReportError) {
    let files: [(OwnFile, String)] = [
      (.texts, "texts.csv"), (.summary, "summary.csv"), (.massive, "massive.csv"), (.groups, GroupsCSV.fileName),
      (.manifest, "manifest.json"),
    ]
    for (kind, name) in files + (ablation == nil ? [] : RunAblation.allFiles) {
      try kind.check(directory.appending(path: name))
    }
    for name in DomainFileNames.names(of: domains) { try OwnFile.domain.check(directory.appending(path: name)) }
    if withReport { try RunReport.check(directory) }
  }

  /// Writes the files into a folder, which is created if missing. A comparison, a page and pictures of a run's own, which
  /// this does not write, are removed; see ``RunFiles`` for all files together.
  ///
  /// - Throws: `StoreError`, ``ReportError``; if a file cannot be written, none has changed.
  @discardableResult
  public func write(to directory: URL) throws -> Contents {
    var files = StagedFiles(directory, of: store.settings)
    let contents = try stage(into: &files)
    try files.commit()
    return contents
  }

  /// Writes the files under hidden names.
  func stage(into files: inout StagedFiles) throws -> Contents {
    let texts = try files.begin(.texts, "texts.csv")
    let groups = try files.begin(.groups, GroupsCSV.fileName)
    var rows = try GroupsCSV(store)
    try groups.write(Array(rows.header.utf8))
    let metrics = store.settings.metrics
    var csv = CSVText()
    csv.header(ProfileCSV.textsHeader(metrics))
    let contents = try contents { text in
      ProfileCSV.append(text, metrics, to: &csv)
      try texts.write(Array(csv.text.utf8))
      csv.removeAll()
      try groups.write(Array(rows.next(text).utf8))
    }
    // Writes the header even if the run has no texts.
    try texts.write(Array(csv.text.utf8))
    try texts.seal()
    try groups.seal()
    let profile = contents.profile
    for (domain, name) in zip(profile.domains, DomainFileNames.names(of: profile.domains.map(\.name))) {
      try files.add(.domain, name, ProfileCSV.domain(domain))
    }
    try files.add(.summary, "summary.csv", ProfileCSV.summary(profile.domains, store.scopes))
    try stageMassive(into: &files)
    if let ablation = contents.ablation {
      for (kind, name) in ablation.files { try files.add(kind, name, ablation.text(of: kind)) }
    }
    try files.add(.manifest, "manifest.json", contents.manifest)
    return contents
  }

  private func stageMassive(into files: inout StagedFiles) throws {
    let file = try files.begin(.massive, "massive.csv")
    var csv = CSVText()
    csv.header(ProfileCSV.massiveHeader)
    try file.write(Array(csv.text.utf8))
    try store.forEachMassiveActivation { row in
      csv.removeAll()
      ProfileCSV.append(row, to: &csv)
      try file.write(Array(csv.text.utf8))
    }
    try file.seal()
  }

  /// Rewrites `manifest.json` with what has since been recorded of the run's sessions.
  ///
  /// - Returns: The contents with the new manifest.
  /// - Throws: `StoreError`, ``ReportError``.
  public func rewriteManifest(of contents: Contents, in directory: URL) throws -> Contents {
    let manifest = String(decoding: try RunManifest(store, contents.profile).json, as: UTF8.self)
    try StagedFile(.manifest, directory.appending(path: "manifest.json"), manifest).commit()
    return Contents(
      profile: contents.profile, failures: contents.failures, manifest: manifest, ablation: contents.ablation)
  }

  private func contents(_ body: (TextProfile) throws -> Void) throws -> Contents {
    let domains = try store.domains()
    var profile = CorpusProfile(store, domains: domains)
    var ablation = store.settings.ablation.map {
      RunAblation(
        $0, domains: domains.map(\.name), layers: store.settings.layers, program: store.settings.program,
        metrics: store.settings.metrics, scopes: store.scopes)
    }
    // In the order of the texts.
    var hashes = ablation == nil ? [] : try store.textHashes()[...]
    var known = domains.map { _ in Set<TextHash>() }
    try store.forEachText { domain, text in
      profile.add(text, domain: domain)
      let isNew = hashes.popFirst().map { known[domain].insert($0).inserted } ?? true
      ablation?.add(text, domain: domain, isCopy: !isNew)
      try body(text)
    }
    var settings = AblationSettings()
    settings.threads = RunOptions().threads
    settings.margin = store.settings.margin ?? settings.margin
    ablation?.curves = try store.removalCurves(settings)
    ablation?.finish(settings)
    let manifest = try RunManifest(store, profile)
    return Contents(
      profile: profile, failures: manifest.failures, manifest: String(decoding: manifest.json, as: UTF8.self),
      ablation: ablation)
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

import Foundation
import Foundations
import ProfileStore

/// Files derived from an earlier run, or by an earlier command, that must not remain beside new ones.
struct StaleFiles {
  private let directory: URL
  private let settings: RunSettings
  private let kinds: Set<OwnFile>
  /// Paths of the new files.
  private let replaced: Set<ByteString>

  /// - Parameters:
  ///   - directory: folder of the files.
  ///   - settings: settings of the run of the new files.
  ///   - files: the new files, complete under hidden names.
  init(_ directory: URL, _ settings: RunSettings, replacing files: [StagedFile]) {
    self.directory = directory
    self.settings = settings
    kinds = Set(files.map(\.kind))
    replaced = Set(files.map { ByteString($0.url.path) })
  }

  /// Removes them; only files of a run's own.
  ///
  /// - Throws: ``ReportError``.
  func remove() throws(ReportError) {
    let isWhole = kinds.contains(.manifest)
    if isWhole { try removeWithManifest() }
    // Pictures belong to the page.
    if isWhole || kinds.contains(.report) { try removePictures() }
  }

  /// Removes the earlier manifest and what is said by it; the page and the comparison, unless new ones replace them.
  private func removeWithManifest() throws(ReportError) {
    let manifest = directory.appending(path: "manifest.json")
    let json = OwnFile.manifest.isOwn(manifest) ? try? JSONValue(contentsOf: manifest, limit: 1 << 24) : nil
    let hasReport = kinds.contains(.report)
    let isSameRun = json.map { RunOwner.isMade($0, of: settings) }
    // The files of a run that was replaced go first, while its manifest still names them for a command that has to
    // repeat this.
    for name in (json?["domains"]?.array ?? []).compactMap({ $0["file"]?.string }) where !name.contains("/") {
      try remove(.domain, name)
    }
    for (kind, name) in RunAblation.allFiles { try remove(kind, name) }
    if isSameRun == false { try removeComparisons() }
    try remove(.manifest, "manifest.json", evenIfReplaced: true)
    SyncedFolder.synchronize(directory)
    if !hasReport { try remove(.report, RunReport.fileName) }
    // With other settings than the usual ones the new comparison has another name, and the earlier one may stay.
    if !hasReport || isSameRun != true {
      try remove(.comparison, ComparisonCSV.fileName)
      for (kind, name) in CompositionCSV.files { try remove(kind, name) }
    }
  }

  private func removeComparisons() throws(ReportError) {
    for name in names(in: ComparisonFile.folderName) {
      for kind in [OwnFile.comparison, .order] { try remove(kind, "\(ComparisonFile.folderName)/\(name)") }
    }
  }

  private func removePictures() throws(ReportError) {
    for name in names(in: RunReport.figureFolderName) where RunReport.isFigure(name) {
      try remove(.figure, "\(RunReport.figureFolderName)/\(name)")
    }
  }

  /// Returns the names of the visible files of a folder, none if it is missing. The new files are hidden.
  private func names(in folder: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: directory.appending(path: folder).path)
    return (names ?? []).filter { !$0.hasPrefix(".") }
  }

  /// Removes a file of a run's own that no new file replaces; of a symbolic link its target, where a new file would be
  /// written.
  private func remove(_ kind: OwnFile, _ path: String, evenIfReplaced: Bool = false) throws(ReportError) {
    let file = directory.appending(path: path)
    guard evenIfReplaced || !replaced.contains(ByteString(file.path)), kind.isOwn(file) else { return }
    guard unlink(file.resolvingSymlinksInPath().path) == 0 || errno == ENOENT else {
      throw .cannotWrite(file: file.relativePath, reason: String(cString: strerror(errno)))
    }
  }
}

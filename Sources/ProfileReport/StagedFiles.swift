import Foundation
import Foundations
import ProfileStore

/// Files of a run that take their places together.
///
/// Nothing in the folder changes before all of them are complete and on the disk under hidden names. Then the manifest
/// of the earlier files is removed, the new ones are renamed, and the new manifest is the last: a folder with a
/// manifest holds the files of one complete run. A process that is stopped in between leaves whole files and no
/// manifest, so the next command that writes the run's files writes all of them.
struct StagedFiles {
  private let directory: URL
  private let settings: RunSettings
  private var files: [StagedFile] = []

  /// - Parameters:
  ///   - directory: folder to write into, which the first file creates if it is missing.
  ///   - settings: settings of the run that the files are of.
  init(_ directory: URL, of settings: RunSettings) {
    self.directory = directory
    self.settings = settings
  }

  /// Begins a file, which is to be written and sealed before ``commit()``.
  ///
  /// - Parameter path: path relative to the folder.
  /// - Throws: ``ReportError``.
  mutating func begin(_ kind: OwnFile, _ path: String) throws(ReportError) -> StagedFile {
    let url = directory.appending(path: path)
    do { try OutputFolder.create(at: url.deletingLastPathComponent()) } catch {
      throw .cannotWrite(file: error.path, reason: error.reason.description)
    }
    let file = try StagedFile(kind, url)
    files.append(file)
    return file
  }

  /// Adds a file with the given text.
  ///
  /// - Throws: ``ReportError``.
  mutating func add(_ kind: OwnFile, _ path: String, _ text: String) throws(ReportError) {
    let file = try begin(kind, path)
    try file.write(Array(text.utf8))
    try file.seal()
  }

  /// Gives every file its place, the manifest last, and removes what must not remain beside them.
  ///
  /// - Throws: ``ReportError``; if a file cannot take its place, the folder has no manifest.
  func commit() throws(ReportError) {
    try StaleFiles(directory, settings, replacing: files).remove()
    for file in files where file.kind != .manifest { try file.commit() }
    for file in files where file.kind == .manifest { try file.commit() }
  }
}

package import Foundation
import Foundations
package import ProfileStore
import Profiler

/// Identity of the run that the files of a folder were made from. Only a run's own files are ever replaced: a folder
/// that another run has written into is refused.
///
/// ```swift
/// try RunOwner.check(folder, settings)       // before anything is computed
/// ```
package enum RunOwner {
  /// Refuses a folder that holds another run or files derived from one: its database, its manifest, its page. CSV files
  /// alone, such as a copied `texts.csv`, do not identify a run.
  ///
  /// - Parameters:
  ///   - directory: folder to write into, which need not exist.
  ///   - settings: settings of the run whose files are to be written.
  /// - Throws: ``ReportError/otherRun(file:)``.
  package static func check(_ directory: URL, _ settings: RunSettings) throws(ReportError) {
    let database = directory.appending(path: RunFolder.fileName)
    if FileManager.default.fileExists(atPath: database.path) {
      // An unreadable database still belongs to another run.
      guard let found = try? ProfileStore(reading: database).settings, found.fingerprint == settings.fingerprint else {
        throw .otherRun(file: database.relativePath)
      }
      return
    }
    if hasManifestOfAnother(directory, settings) {
      throw .otherRun(file: directory.appending(path: "manifest.json").relativePath)
    }
    let page = directory.appending(path: RunReport.fileName)
    if OwnFile.report.isOwn(page), let found = run(ofPage: page), found != settings.fingerprint.hexadecimal {
      throw .otherRun(file: page.relativePath)
    }
  }

  /// True if the folder has the manifest of another run. Beside the database of this one, that is a run which this one
  /// has replaced, by a command that was stopped before it wrote the files.
  static func hasManifestOfAnother(_ directory: URL, _ settings: RunSettings) -> Bool {
    let manifest = directory.appending(path: "manifest.json")
    guard OwnFile.manifest.isOwn(manifest), let json = try? JSONValue(contentsOf: manifest, limit: 1 << 24) else {
      return false
    }
    return !isMade(json, of: settings)
  }

  /// True if a manifest is of the run, by everything that its numbers depend on. A manifest of a version that did not
  /// write the version of the numbers may be of either: it counts as the run's, or else every folder of files from
  /// before could not be written again. The page beside it, if any, still tells them apart by its fingerprint.
  static func isMade(_ manifest: JSONValue, of settings: RunSettings) -> Bool {
    let numbers = manifest["versions"]?["numbers"]
    let asked = manifest["settings"]
    return manifest["model"]?["sha256"] == .string(settings.modelFingerprint.hexadecimal)
      && manifest["model"]?["weights_sample_sha256"] == .string(settings.weightsFingerprint.hexadecimal)
      && manifest["corpus"]?["sha256"] == .string(settings.corpusFingerprint.hexadecimal)
      && manifest["metrics"] == .array(settings.metrics.map { .string($0.rawValue) })
      && asked?["precision"] == .string(settings.precision)
      && asked?["maximum_tokens"] == .integer(settings.maximumTokens)
      && asked?["text_limit"] == settings.textLimit.map { .integer($0) } ?? .null
      && asked?["skip_first_block"] == .boolean(settings.layers.lowerBound > 0)
      && asked?["ablation"] ?? .null == settings.ablation.map { .string($0.description) } ?? .null
      && asked?["swap_weights_sample_sha256"] ?? .null
        == settings.swapFingerprint.map { .string($0.hexadecimal) } ?? .null
      && asked?["edits"] ?? .null == settings.edits.map { .string($0) } ?? .null
      && manifest["versions"]?["matmul"] == .string(settings.matmul)
      && (numbers == nil || numbers == .integer(settings.numbersVersion))
  }

  /// Returns the mark in the head of a page, with the run's fingerprint.
  static func htmlMark(_ settings: RunSettings) -> String { "\(markStart)\(settings.fingerprint.hexadecimal)\">" }

  private static let markStart = "<meta name=\"run\" content=\""

  /// Returns the fingerprint in the head of a page; nil for a page of a version without fingerprints.
  private static func run(ofPage page: URL) -> String? {
    guard let file = try? RegularFile(page), let head = try? file.bytes(0..<min(file.count, 4096)) else { return nil }
    let text = String(decoding: head, as: UTF8.self)
    return text.firstRange(of: markStart).map { String(text[$0.upperBound...].prefix(64)) }
  }
}

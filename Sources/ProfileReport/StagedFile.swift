import Foundation
import Foundations

/// File of a run that is renamed to its final name once complete. A class, because the underlying file type is
/// noncopyable and a run keeps a list of them.
final class StagedFile {
  let kind: OwnFile
  /// Final place.
  let url: URL
  private var file: AtomicFile?

  /// - Throws: ``ReportError``, also if the destination is a file that is not the run's.
  init(_ kind: OwnFile, _ url: URL) throws(ReportError) {
    try kind.check(url)
    self.kind = kind
    self.url = url
    do { file = try AtomicFile(at: url) } catch {
      throw .cannotWrite(file: url.relativePath, reason: error.reason.description)
    }
  }

  /// Creates a sealed file with the given text.
  convenience init(_ kind: OwnFile, _ url: URL, _ text: String) throws(ReportError) {
    try self.init(kind, url)
    try write(Array(text.utf8))
    try seal()
  }

  func write(_ bytes: [UInt8]) throws(ReportError) {
    do { try file?.write(bytes) } catch { throw failure(error) }
  }

  /// Ends the content, which is on the disk when the call returns.
  func seal() throws(ReportError) {
    do { try file?.seal() } catch { throw failure(error) }
  }

  func commit() throws(ReportError) {
    guard let file = file.take() else { return }
    do { try file.commit() } catch { throw failure(error) }
  }

  private func failure(_ error: FileError) -> ReportError {
    .cannotWrite(file: url.relativePath, reason: error.reason.description)
  }
}

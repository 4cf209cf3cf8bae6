import Foundation
import Foundations

/// File of a run that is renamed to its final name once complete. A class, because the underlying file type is
/// noncopyable and a run keeps a list of them.
final class StagedFile {
  private let path: String
  private var file: AtomicFile?

  /// - Throws: ``ReportError``, also if the destination is a file that is not the run's.
  init(_ kind: OwnFile, _ url: URL) throws(ReportError) {
    try kind.check(url)
    path = url.relativePath
    do { file = try AtomicFile(at: url) } catch { throw .cannotWrite(file: path, reason: error.reason.description) }
  }

  /// Creates a staged file with the given text.
  convenience init(_ kind: OwnFile, _ url: URL, _ text: String) throws(ReportError) {
    try self.init(kind, url)
    try write(Array(text.utf8))
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

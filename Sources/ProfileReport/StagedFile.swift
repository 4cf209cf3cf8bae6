import Foundation
import LlamaCore

/// A file of a run on its way to its name. A class, because files of this kind cannot be copied and a run has a list of
/// them.
final class StagedFile {
  private let path: String
  private var file: WholeFile?

  /// - Throws: ``ReportError``, also where the file's place is taken by one that is not the run's.
  init(_ kind: OwnFile, _ url: URL) throws(ReportError) {
    try kind.check(url)
    path = url.relativePath
    do { file = try WholeFile(at: url) } catch { throw .cannotWrite(file: path, reason: error.reason.description) }
  }

  /// A file of this text.
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

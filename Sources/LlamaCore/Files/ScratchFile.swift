import Foundation

/// A file without a name for what does not fit into memory: it is gone with the value, however the process ends.
package final class ScratchFile: Sendable {
  /// The folder it is in, for messages.
  private let folder: String
  private let descriptor: Int32

  /// - Parameter folder: where to make it; in the system's folder for temporary files where that cannot be written to.
  /// - Throws: ``FileError`` where neither can be written to.
  package init(in folder: URL) throws(FileError) {
    var code: Int32 = 0
    for folder in [folder, FileManager.default.temporaryDirectory] {
      var path = Array(folder.appending(path: ".fp-cli.XXXXXX").path.utf8CString)
      let descriptor = mkstemp(&path)
      if descriptor >= 0 {
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.folder = folder.relativePath
        self.descriptor = descriptor
        return
      }
      code = code == 0 ? errno : code
    }
    throw FileError(path: folder.relativePath, reason: .system(code))
  }

  deinit { close(descriptor) }

  /// Writes numbers from the `index`-th of the file on.
  ///
  /// - Throws: ``FileError`` naming the folder, where the disk is full say.
  package func write(_ values: [Double], at index: Int) throws(FileError) {
    let code: Int32? = values.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let offset = off_t(index * MemoryLayout<Double>.stride + done)
        let count = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return count < 0 ? errno : ENOSPC }
        done += count
      }
      return nil
    }
    if let code { throw FileError(path: folder, reason: .system(code)) }
  }

  /// The `count` numbers from the `index`-th on.
  ///
  /// - Throws: ``FileError`` naming the folder.
  package func read(_ count: Int, at index: Int) throws(FileError) -> [Double] {
    var values = [Double](repeating: 0, count: count)
    let code: Int32? = values.withUnsafeMutableBytes { bytes in
      var done = 0
      while done < bytes.count {
        let offset = off_t(index * MemoryLayout<Double>.stride + done)
        let count = pread(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return count < 0 ? errno : EIO }
        done += count
      }
      return nil
    }
    if let code { throw FileError(path: folder, reason: .system(code)) }
    return values
  }
}

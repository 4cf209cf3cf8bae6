import Foundation

/// An unnamed file for data that does not fit into memory. It is removed with the value, even if the process is killed.
package final class ScratchFile: Sendable {
  /// The folder that holds it, for messages.
  private let folder: String
  private let descriptor: Int32

  /// - Parameter folder: location of the file; the system's temporary folder is used if it is not writable.
  /// - Throws: ``FileError`` if neither folder is writable.
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

  /// Writes values, beginning at index `index` of the file, which holds only values of this type.
  ///
  /// - Throws: ``FileError`` naming the folder, for example if the disk is full.
  package func write<Value: BitwiseCopyable>(_ values: [Value], at index: Int) throws(FileError) {
    let code: Int32? = values.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let offset = off_t(index * MemoryLayout<Value>.stride + done)
        let count = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return count < 0 ? errno : ENOSPC }
        done += count
      }
      return nil
    }
    if let code { throw FileError(path: folder, reason: .system(code)) }
  }

  /// Returns `count` values, beginning at index `index`.
  ///
  /// - Throws: ``FileError`` naming the folder.
  package func read<Value: BitwiseCopyable>(_ count: Int, at index: Int) throws(FileError) -> [Value] {
    var code: Int32?
    let values = [Value](unsafeUninitializedCapacity: count) { values, filled in
      let bytes = UnsafeMutableRawBufferPointer(values)
      var done = 0
      while done < count * MemoryLayout<Value>.stride {
        let offset = off_t(index * MemoryLayout<Value>.stride + done)
        let size = count * MemoryLayout<Value>.stride - done
        let read = pread(descriptor, bytes.baseAddress.map { $0 + done }, size, offset)
        if read < 0, errno == EINTR { continue }
        guard read > 0 else {
          code = read < 0 ? errno : EIO
          return
        }
        done += read
      }
      filled = count
    }
    if let code { throw FileError(path: folder, reason: .system(code)) }
    return values
  }
}

import Foundation

/// A regular file, open for reading; folders, FIFOs and devices are refused, also through links.
package final class RegularFile: Sendable {
  /// The file's path as it was given.
  package let path: String
  /// Size in bytes when the file was opened.
  package let count: Int
  let descriptor: Int32

  /// - Throws: ``FileError`` if the file cannot be opened or is not a regular file.
  package convenience init(_ url: URL) throws(FileError) {
    try self.init(Array(url.path.utf8), name: url.relativePath)
  }

  /// - Parameters:
  ///   - path: the bytes of the path.
  ///   - name: the path for messages.
  /// - Throws: ``FileError`` if the file cannot be opened or is not a regular file.
  package init(_ path: [UInt8], name: String) throws(FileError) {
    self.path = name
    // A FIFO or a device would block or never end: O_NONBLOCK makes open return, and fstat then refuses it.
    let descriptor = open(path.terminated, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: name, reason: .system(errno)) }
    var status = stat()
    let code = fstat(descriptor, &status) == 0 ? nil : errno
    guard code == nil, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(path: name, reason: code.map { .system($0) } ?? .notARegularFile)
    }
    self.descriptor = descriptor
    count = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Returns the bytes of a small file.
  ///
  /// - Throws: ``FileError``, also for a file of more than `limit` bytes.
  package static func bytes(of url: URL, limit: Int) throws(FileError) -> [UInt8] {
    let file = try RegularFile(url)
    guard file.count <= limit else {
      throw FileError(path: file.path, reason: .tooLarge(bytes: file.count, limit: limit))
    }
    return try file.bytes(0..<file.count)
  }

  /// Returns a copy of the bytes of `range`, which must lie in the file.
  ///
  /// - Throws: ``FileError``, for example if the file has become shorter.
  package func bytes(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    let failure: FileError? = bytes.withUnsafeMutableBytes { buffer in
      do throws(FileError) {
        try read(into: buffer, at: range.lowerBound)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// - Throws: ``FileError``, for example if the file has become shorter.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw FileError(path: path, reason: .system(errno)) }
      if count == 0 { throw FileError(path: path, reason: .truncated(expected: self.count, found: offset + done)) }
      done += count
    }
  }

  /// Compares the file's size with its original size.
  ///
  /// - Throws: ``FileError`` if the file has become shorter: bytes read since may be spurious zeros.
  package func check() throws(FileError) {
    if let error = Self.shortened(descriptor, path, count) { throw error }
  }

  /// Returns the error for a file that has become shorter than `count`, if it has.
  static func shortened(_ descriptor: Int32, _ path: String, _ count: Int) -> FileError? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return FileError(path: path, reason: .system(errno)) }
    let found = Int(status.st_size)
    return found < count ? FileError(path: path, reason: .truncated(expected: count, found: found)) : nil
  }
}

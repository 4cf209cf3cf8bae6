import Foundation

/// A file that appears whole or not at all: written under a hidden name beside its place, synced, then renamed.
///
/// A `WholeFile` that goes away without `commit()` removes what it wrote; what stood under the name stays.
package struct WholeFile: ~Copyable {
  /// The path as it was given, for messages.
  private let name: String
  private let destination: String
  private let partial: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 20

  /// Links are followed, so that a link to the file stays one. Anything but a regular file under the name is refused:
  /// a rename would put a file in the place of `/dev/stdout`.
  package init(at url: URL) throws(FileError) {
    let resolved = url.resolvingSymlinksInPath()
    var status = stat()
    if stat(resolved.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw FileError(path: url.relativePath, reason: .notARegularFile)
    }
    let tag = String(UInt64.random(in: .min ... .max), radix: 36)
    let partial = resolved.deletingLastPathComponent().appending(path: ".\(resolved.lastPathComponent).\(tag)").path
    let created = PartialFiles.create(partial)
    // The error names the file that was asked for: nobody knows the hidden one.
    guard created.descriptor >= 0 else { throw FileError(path: url.relativePath, reason: .system(created.code)) }
    name = url.relativePath
    destination = resolved.path
    self.partial = partial
    descriptor = created.descriptor
  }

  package mutating func write(_ text: some StringProtocol) throws(FileError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  package mutating func write(_ bytes: [UInt8]) throws(FileError) {
    if buffer.count + bytes.count >= Self.bufferSize { try flush() }
    if bytes.count >= Self.bufferSize { try writeOut(bytes) } else { buffer.append(contentsOf: bytes) }
  }

  /// Brings what was written to the disk, still under the hidden name, so that little is left to fail in `commit()`.
  package mutating func synchronize() throws(FileError) {
    try flush()
    guard fsync(descriptor) == 0 else { throw FileError(path: name, reason: .system(errno)) }
  }

  /// Makes what was written the content of the file.
  package consuming func commit() throws(FileError) {
    try synchronize()
    guard rename(partial, destination) == 0 else { throw FileError(path: name, reason: .system(errno)) }
    SyncedFolder.synchronize(URL(filePath: destination).deletingLastPathComponent())
  }

  private mutating func flush() throws(FileError) {
    try writeOut(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private func writeOut(_ bytes: [UInt8]) throws(FileError) {
    let code: Int32? = bytes.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = Foundation.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return errno }
        written += count
      }
      return nil
    }
    if let code { throw FileError(path: name, reason: .system(code)) }
  }

  deinit {
    close(descriptor)
    // After a commit there is nothing under this name.
    PartialFiles.remove(partial)
  }
}

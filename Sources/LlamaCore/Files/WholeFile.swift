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

  /// Links are followed, so that a link stays one, also where what it leads to is missing and is made. A file that is
  /// there gives its permissions to the new one, and its owner where the system allows. Anything but a regular file under
  /// the name is refused: a rename would put a file in the place of `/dev/stdout`.
  package init(at url: URL) throws(FileError) {
    func failure(_ code: Int32) -> FileError { FileError(path: url.relativePath, reason: .system(code)) }
    let destination = try Self.following(url)
    var status = stat()
    let isThere = lstat(destination, &status) == 0
    // A name too long, say: nothing is gained by finding out when all is written.
    guard isThere || errno == ENOENT else { throw failure(errno) }
    guard !isThere || status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: url.relativePath, reason: .notARegularFile)
    }
    // The length must not depend on the file's own name, which may be as long as names can be.
    let tag = String(UInt64.random(in: .min ... .max), radix: 36)
    let partial = (destination as NSString).deletingLastPathComponent + "/.fp-cli.\(tag)"
    let created = PartialFiles.create(partial, permissions: isThere ? 0o600 : 0o644)
    // The error names the file that was asked for: nobody knows the hidden one.
    guard created.descriptor >= 0 else { throw failure(created.code) }
    name = url.relativePath
    self.destination = destination
    self.partial = partial
    descriptor = created.descriptor
    if isThere { Self.give(descriptor, theRightsOf: status) }
  }

  /// The absolute path that a path leads to, whatever is there.
  private static func following(_ url: URL) throws(FileError) -> String {
    var path = url.absoluteURL.path
    // As many links as Linux follows.
    for _ in 0..<40 {
      var target = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path, &target, target.count)
      if count < 0 { return path }
      guard let link = String(validating: target.prefix(count), as: UTF8.self) else {
        throw FileError(path: url.relativePath, reason: .system(EILSEQ))
      }
      path = link.hasPrefix("/") ? link : (path as NSString).deletingLastPathComponent + "/" + link
    }
    throw FileError(path: url.relativePath, reason: .system(ELOOP))
  }

  /// Makes a new file as readable as the one that it is to replace, and no more.
  private static func give(_ descriptor: Int32, theRightsOf old: stat) {
    var permissions = old.st_mode & 0o777
    if fchown(descriptor, old.st_uid, old.st_gid) != 0, fchown(descriptor, uid_t.max, old.st_gid) != 0 {
      // The group is another: it may do what everybody may.
      permissions = permissions & 0o707 | (permissions & 0o007) << 3
    }
    fchmod(descriptor, permissions)
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

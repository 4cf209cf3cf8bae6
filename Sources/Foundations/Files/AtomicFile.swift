import Foundation

/// A file that appears atomically: written under a hidden name in the destination folder, synced, then renamed.
///
/// An `AtomicFile` destroyed without `commit()` removes its hidden file; an existing file under the name is unchanged.
package struct AtomicFile: ~Copyable {
  /// The path as it was given, for messages.
  private let name: String
  private let destination: String
  private let partial: String
  /// -1 once the file is sealed.
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 20

  /// Opens a hidden file for the destination. Links are followed, so that a link remains a link, even if its target is
  /// missing and is created. An existing file passes on its permissions, and its owner if the system allows it.
  /// Anything but a regular file is refused: a rename would replace `/dev/stdout` by a file.
  package init(at url: URL) throws(FileError) {
    func failure(_ code: Int32) -> FileError { FileError(path: url.relativePath, reason: .system(code)) }
    let destination = try Self.following(url)
    var status = stat()
    let isThere = lstat(destination, &status) == 0
    // For example a name that is too long: fail before writing rather than after.
    guard isThere || errno == ENOENT else { throw failure(errno) }
    guard !isThere || status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: url.relativePath, reason: .notARegularFile)
    }
    // A file that is immutable or on a read-only mount cannot be renamed over; one whose permissions refuse writing can.
    guard !isThere || access(destination, W_OK) == 0 || errno == EACCES else { throw failure(errno) }
    // The length must not depend on the file's own name, which may already have the maximum length.
    let tag = String(UInt64.random(in: .min ... .max), radix: 36)
    let partial = (destination as NSString).deletingLastPathComponent + "/.fp-cli.\(tag)"
    let created = TemporaryFileRegistry.create(partial, permissions: isThere ? 0o600 : 0o644)
    // The error names the destination, because the hidden name means nothing to the user.
    guard created.descriptor >= 0 else { throw failure(created.code) }
    name = url.relativePath
    self.destination = destination
    self.partial = partial
    descriptor = created.descriptor
    if isThere { Self.give(descriptor, theRightsOf: status) }
  }

  /// Resolves links to the absolute path of the destination, whether or not it exists.
  private static func following(_ url: URL) throws(FileError) -> String {
    var path = url.absoluteURL.path
    // Linux follows the same number of links.
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

  /// Gives a new file the permissions of the file it replaces, and no more.
  private static func give(_ descriptor: Int32, theRightsOf old: stat) {
    var permissions = old.st_mode & 0o777
    if fchown(descriptor, old.st_uid, old.st_gid) != 0, fchown(descriptor, uid_t.max, old.st_gid) != 0 {
      // The group differs, so it gets only the permissions of others.
      permissions = permissions & 0o707 | (permissions & 0o007) << 3
    }
    fchmod(descriptor, permissions)
  }

  package mutating func write(_ text: String) throws(FileError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  package mutating func write(_ bytes: [UInt8]) throws(FileError) {
    if buffer.count + bytes.count >= Self.bufferSize { try flush() }
    if bytes.count >= Self.bufferSize { try writeOut(bytes) } else { buffer.append(contentsOf: bytes) }
  }

  /// Flushes the content to the disk and closes the file, still under the hidden name, so that `commit()` is unlikely to
  /// fail and any number of files can wait for theirs. Nothing can be written afterwards.
  package mutating func seal() throws(FileError) {
    guard descriptor >= 0 else { return }
    try flush()
    guard fsync(descriptor) == 0 else { throw FileError(path: name, reason: .system(errno)) }
    let code = close(descriptor) == 0 ? 0 : errno
    descriptor = -1
    guard code == 0 else { throw FileError(path: name, reason: .system(code)) }
  }

  /// Renames the hidden file to its destination.
  package consuming func commit() throws(FileError) {
    try seal()
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
    if descriptor >= 0 { close(descriptor) }
    // After a commit the hidden name no longer exists.
    TemporaryFileRegistry.remove(partial)
  }
}

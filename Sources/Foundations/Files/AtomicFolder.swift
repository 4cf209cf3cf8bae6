import Foundation

/// A folder that appears atomically: filled under a hidden name on the same file system, then renamed.
///
/// An `AtomicFolder` destroyed without `commit()` is removed with everything in it.
package struct AtomicFolder: ~Copyable {
  /// The hidden folder to write into.
  package let url: URL
  /// The path as it was given, for messages.
  private let name: String
  private let destination: String

  /// Makes a hidden folder for the destination, which must be an empty folder or missing; missing parents are made by
  /// ``commit()``. A link to an empty folder remains a link.
  ///
  /// - Throws: ``FileError`` if there is anything else, or the system refuses.
  package init(at url: URL) throws(FileError) {
    let name = url.relativePath
    func failure(_ reason: FileError.Reason) -> FileError { FileError(path: name, reason: reason) }
    var destination = url.absoluteURL.path
    var status = stat()
    let isThere = stat(destination, &status) == 0
    if isThere {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw failure(.malformed("expected an empty or missing folder, found a file"))
      }
      guard let found = try? FileManager.default.contentsOfDirectory(atPath: destination) else {
        throw failure(.system(EACCES))
      }
      guard found.isEmpty else {
        throw failure(
          .malformed("expected an empty or missing folder, found \(found.sorted().quotedList) in it; name another"))
      }
      guard let resolved = realpath(destination, nil) else { throw failure(.system(errno)) }
      defer { free(resolved) }
      destination = String(cString: resolved)
    } else {
      guard errno == ENOENT else { throw failure(.system(errno)) }
      guard lstat(destination, &status) != 0 else {
        throw failure(.malformed("expected an empty or missing folder, found a link to nothing"))
      }
    }
    // The nearest folder that exists: a parent is made when there is something to put into it.
    var parent = (destination as NSString).deletingLastPathComponent
    var parentStatus = stat()
    while stat(parent, &parentStatus) != 0, parent != "/", !parent.isEmpty {
      parent = (parent as NSString).deletingLastPathComponent
    }
    let hidden = "\(parent)/.fp-cli.\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let code = TemporaryFileRegistry.createFolder(hidden)
    guard code == 0 else { throw failure(.system(code)) }
    if isThere { chmod(hidden, status.st_mode & 0o7777) }
    self.url = URL(filePath: hidden, directoryHint: .isDirectory)
    self.name = name
    self.destination = destination
  }

  /// Returns an error about a file of the hidden folder as one about the file that it would have become.
  package func renamed(_ error: FileError) -> FileError {
    let hidden = url.path
    guard error.path.utf8.starts(with: hidden.utf8) else { return error }
    return FileError(
      path: name + String(decoding: error.path.utf8.dropFirst(hidden.utf8.count), as: UTF8.self), reason: error.reason)
  }

  /// Renames the hidden folder to its destination.
  ///
  /// - Throws: ``FileError``, for example if the destination is no longer empty.
  package consuming func commit() throws(FileError) {
    SyncedFolder.synchronize(url)
    let parent = URL(filePath: destination).deletingLastPathComponent()
    try OutputFolder.create(at: parent)
    guard rename(url.path, destination) == 0 else { throw FileError(path: name, reason: .system(errno)) }
    SyncedFolder.synchronize(parent)
  }

  // After a commit the hidden name no longer exists.
  deinit { TemporaryFileRegistry.removeFolder(url.path) }
}

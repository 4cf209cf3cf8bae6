import Foundation

/// A folder for output files.
package enum OutputFolder {
  /// Creates the folder and its missing parents.
  ///
  /// - Throws: ``FileError`` if the name belongs to a file or the system refuses.
  package static func create(at url: URL) throws(FileError) {
    var missing: [String] = []
    var path = url.path
    var status = stat()
    while stat(path, &status) != 0, path != "/", !path.isEmpty {
      missing.append(path)
      path = (path as NSString).deletingLastPathComponent
    }
    for path in missing.reversed() {
      // Another process may have created it in the meantime.
      guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
        throw FileError(path: url.relativePath, reason: .system(errno))
      }
    }
    guard stat(url.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(path: url.relativePath, reason: .malformed("expected a folder, found a file"))
    }
  }
}

extension URL {
  /// Returns true if both URLs lead to the same folder, after resolving links.
  package func isSameFolder(as other: URL) -> Bool {
    var (one, two) = (stat(), stat())
    guard stat(path, &one) == 0, stat(other.path, &two) == 0 else {
      return standardizedFileURL.path.hasSameBytes(as: other.standardizedFileURL.path)
    }
    return one.st_dev == two.st_dev && one.st_ino == two.st_ino
  }
}

import Foundation
import Foundations

/// Kind of file at a path.
enum FileKind {
  case file
  case folder
  /// Pipe, socket or device.
  case special

  /// Follows links. `nil` if there is nothing, as for a broken link.
  ///
  /// `FileManager`'s attributes would look up the names of owner and group for every file of a tree.
  init?(at path: [UInt8]) {
    var status = stat()
    guard stat(path.terminated, &status) == 0 else { return nil }
    self.init(mode: status.st_mode)
  }

  /// True if the path is itself a folder and not a link to one.
  static func isFolderNotLink(at path: [UInt8]) -> Bool {
    var status = stat()
    return lstat(path.terminated, &status) == 0 && FileKind(mode: status.st_mode) == .folder
  }

  private init(mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    default: self = .special
    }
  }
}

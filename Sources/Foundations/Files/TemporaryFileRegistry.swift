import Foundation
import Synchronization

/// Files and folders being written under hidden names, tracked so that an interrupted program can remove them.
package enum TemporaryFileRegistry {
  private struct Paths {
    var files: Set<String> = []
    var folders: Set<String> = []
  }

  private static let paths = Mutex(Paths())

  /// Creates a file that ``removeAll(thenEnd:)`` tracks from the moment it exists.
  ///
  /// - Returns: the descriptor, or -1 with the `errno` value.
  static func create(_ path: String, permissions: mode_t) -> (descriptor: Int32, code: Int32) {
    paths.withLock { paths in
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
      if descriptor < 0 { return (-1, errno) }
      paths.files.insert(path)
      return (descriptor, 0)
    }
  }

  /// Removes a file, unless it has been renamed in the meantime.
  static func remove(_ path: String) {
    paths.withLock { paths in
      unlink(path)
      paths.files.remove(path)
    }
  }

  /// Makes a folder that ``removeAll(thenEnd:)`` tracks, with what will be in it, from the moment it exists.
  ///
  /// - Returns: 0, or the `errno` value.
  static func createFolder(_ path: String) -> Int32 {
    paths.withLock { paths in
      if mkdir(path, 0o777) != 0 { return errno }
      paths.folders.insert(path)
      return 0
    }
  }

  /// Removes a folder with everything in it, unless it has been renamed in the meantime.
  static func removeFolder(_ path: String) {
    paths.withLock { paths in
      try? FileManager.default.removeItem(atPath: path)
      paths.folders.remove(path)
    }
  }

  /// Removes all files and folders and calls `end`. No other thread can create one in between.
  package static func removeAll(thenEnd end: () -> Never) -> Never {
    paths.withLock { paths in
      for path in paths.files { unlink(path) }
      for path in paths.folders { try? FileManager.default.removeItem(atPath: path) }
      end()
    }
  }
}

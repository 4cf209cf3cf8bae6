import Foundation
import Synchronization

/// Files being written under hidden names, tracked so that an interrupted program can remove them.
package enum TemporaryFileRegistry {
  private static let paths = Mutex<Set<String>>([])

  /// Creates a file that ``removeAll(thenEnd:)`` tracks from the moment it exists.
  ///
  /// - Returns: the descriptor, or -1 with the `errno` value.
  static func create(_ path: String, permissions: mode_t) -> (descriptor: Int32, code: Int32) {
    paths.withLock { paths in
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
      if descriptor < 0 { return (-1, errno) }
      paths.insert(path)
      return (descriptor, 0)
    }
  }

  /// Removes a file, unless it has been renamed in the meantime.
  static func remove(_ path: String) {
    paths.withLock { paths in
      unlink(path)
      paths.remove(path)
    }
  }

  /// Removes all files and calls `end`. No other thread can create one in between.
  package static func removeAll(thenEnd end: () -> Never) -> Never {
    paths.withLock { paths in
      for path in paths { unlink(path) }
      end()
    }
  }
}

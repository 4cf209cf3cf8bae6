import Foundation
import Foundations
import Synchronization

/// Temporary folders that are removed however the process ends, except by `kill -9`; see ``Interruption``.
enum TemporaryFolder {
  private static let folders = Mutex<Set<URL>>([])

  /// Calls `body` with a new, empty folder and removes it with everything in it.
  static func use<Result>(_ name: String, _ body: (URL) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString)")
    try folders.withLock { folders throws(FileError) in
      guard mkdir(url.path, 0o700) == 0 else { throw FileError(path: url.path, reason: .system(errno)) }
      folders.insert(url)
    }
    defer {
      folders.withLock { folders in
        try? FileManager.default.removeItem(at: url)
        folders.remove(url)
      }
    }
    return try body(url)
  }

  /// Removes the folders in use.
  static func removeAll() {
    folders.withLock { folders in
      for url in folders {
        // Another thread may still be writing into it, and may create a file during the removal.
        for _ in 0..<100 {
          try? FileManager.default.removeItem(at: url)
          if !FileManager.default.fileExists(atPath: url.path) { break }
          usleep(1_000)
        }
      }
    }
  }
}

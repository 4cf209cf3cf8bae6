import Foundation

/// Flushes the directory entries of a folder: only then do file creations and renames survive a power failure.
package enum SyncedFolder {
  /// File systems without this call need no action.
  package static func synchronize(_ url: URL) {
    let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

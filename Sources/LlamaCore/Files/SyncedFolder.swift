import Foundation

/// Names in a folder, brought to the disk: a file that was made or renamed is there after a power cut only then.
package enum SyncedFolder {
  /// Where the file system has no such call, there is nothing to be done.
  package static func synchronize(_ url: URL) {
    let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

public import Foundation
import LlamaCore
public import Profiler

/// The folder of a run, held by one process.
///
/// `profile.sqlite` is the run. One that is to take its place is `profile.next.sqlite` until it is done.
public final class RunFolder {
  /// The name of the run's file.
  public static let fileName = "profile.sqlite"
  static let nextFileName = "profile.next.sqlite"

  private let directory: URL
  private let descriptor: Int32

  /// Makes the folder where it is missing, and keeps every other process from profiling into it until this one ends.
  ///
  /// - Throws: ``StoreError``.
  public init(_ directory: URL) throws(StoreError) {
    do {
      try OutputFolder.make(at: directory)
    } catch {
      throw .cannotWrite(file: error.path, reason: error.reason.description)
    }
    // A lock on the folder itself leaves nothing behind, however the process ends.
    let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      if descriptor >= 0 { close(descriptor) }
      if code == EWOULDBLOCK { throw .inUse(folder: directory.relativePath) }
      throw .cannotWrite(file: directory.relativePath, reason: String(cString: strerror(code)))
    }
    self.directory = directory
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The run of these settings and texts: a new one, or the one that is there already, finished or not.
  ///
  /// - Parameter startingAnew: begins a new one in any case; the old one stays until the new one is done.
  /// - Throws: ``StoreError``; ``StoreError/otherRun(file:differences:)`` where the folder holds a run of others.
  public func store(
    _ settings: RunSettings, _ corpus: TokenizedCorpus, startingAnew: Bool
  ) throws(StoreError) -> ProfileStore {
    if startingAnew {
      try remove(next)
      return try ProfileStore.create(exists(main) ? next : main, settings, corpus)
    }
    for url in [next, main] where exists(url) {
      // Its process ended before it had stored anything.
      if try ProfileStore.isEmpty(url) {
        try remove(url)
        continue
      }
      let store = try ProfileStore(url, isReadOnly: false)
      try store.check(settings, corpus)
      return store
    }
    return try ProfileStore.create(main, settings, corpus)
  }

  /// Closes a run whose texts are all done and gives it its name.
  ///
  /// - Throws: ``StoreError``.
  public func finish(_ store: consuming ProfileStore) throws(StoreError) {
    try store.close()
    guard exists(next) else { return }
    // A log that stays behind would be taken for the new file's.
    try remove(companions(of: main))
    guard rename(next.path, main.path) == 0 else {
      throw .cannotWrite(file: main.relativePath, reason: String(cString: strerror(errno)))
    }
    SyncedFolder.synchronize(directory)
  }

  /// Opens the folder's finished run.
  ///
  /// - Throws: ``StoreError``.
  public func finishedStore() throws(StoreError) -> ProfileStore { try ProfileStore(reading: main) }

  /// Notes that every file of the finished run has been written.
  ///
  /// - Throws: ``StoreError``.
  public func markExported() throws(StoreError) {
    let store = try ProfileStore(main, isReadOnly: false)
    try store.markExported()
    try store.close()
  }

  private var main: URL { directory.appending(path: Self.fileName) }
  private var next: URL { directory.appending(path: Self.nextFileName) }

  private func exists(_ url: URL) -> Bool {
    var status = stat()
    return lstat(url.path, &status) == 0
  }

  /// The files that SQLite keeps beside a database.
  private func companions(of url: URL) -> [URL] {
    ["-wal", "-shm", "-journal"].map { directory.appending(path: url.lastPathComponent + $0) }
  }

  private func remove(_ url: URL) throws(StoreError) { try remove(companions(of: url) + [url]) }

  private func remove(_ urls: [URL]) throws(StoreError) {
    for url in urls where unlink(url.path) != 0 && errno != ENOENT {
      throw .cannotWrite(file: url.relativePath, reason: String(cString: strerror(errno)))
    }
  }
}

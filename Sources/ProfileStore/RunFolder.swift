public import Foundation
import Foundations
public import Profiler

/// Folder of a run, held by one process.
///
/// `profile.sqlite` is the run. A replacement run is written to `profile.next.sqlite` and renamed when complete. It is
/// not written to after that: a reader of the previous run would have SQLite take its journal for that of the previous
/// run.
public final class RunFolder {
  /// File name of the run.
  public static let fileName = "profile.sqlite"
  static let nextFileName = "profile.next.sqlite"
  private static let copyFileName = "profile.done.sqlite"

  private let directory: URL
  private let descriptor: Int32
  /// True if the run has replaced another, which readers may still have open.
  private var hasReplaced = false

  /// Creates the folder if missing, and keeps other processes from profiling into it until this one ends.
  ///
  /// - Throws: ``StoreError``.
  public init(_ directory: URL) throws(StoreError) {
    do {
      try OutputFolder.create(at: directory)
    } catch {
      throw .cannotWrite(file: error.path, reason: error.reason.description)
    }
    // A lock on the folder itself leaves nothing behind, however the process ends.
    let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .cannotWrite(file: directory.relativePath, reason: String(cString: strerror(errno)))
    }
    let code = FileLocks.hold(descriptor)
    guard code == 0 else {
      close(descriptor)
      if code == EWOULDBLOCK { throw .inUse(folder: directory.relativePath) }
      throw .noLocks(path: directory.relativePath, reason: String(cString: strerror(code)))
    }
    self.directory = directory
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Returns the run of these settings and texts: a new one, or the existing one, finished or not.
  ///
  /// If the folder holds both a run and its unfinished replacement, each is found by its own settings.
  /// - Parameter startingAnew: does not resume the folder's run, which stays until the new one is complete. Resumes an
  ///   unfinished run that was started in the same way.
  /// - Throws: ``StoreError``; ``StoreError/otherRun(file:differences:command:isFinished:)`` if the folder holds a run
  ///   of other settings or texts.
  public func store(
    _ settings: RunSettings, _ corpus: TokenizedCorpus, startingAnew: Bool
  ) throws(StoreError) -> ProfileStore {
    if startingAnew {
      // Files that are not runs must not be lost.
      for url in [next, main, copy] where exists(url) { try ProfileStore.checkReplaceable(url) }
    }
    var failure: StoreError?
    for url in startingAnew ? [next] : [next, main] where exists(url) {
      do throws(StoreError) {
        // Its process ended before it had stored anything.
        if try ProfileStore.isEmpty(url) {
          try remove(url)
          continue
        }
        let store = try ProfileStore(url, isReadOnly: false)
        try store.check(settings, corpus)
        try store.adopt(settings)
        return store
      } catch {
        // The error of the run itself, tried last, takes precedence over that of its replacement.
        failure = error
      }
    }
    if startingAnew {
      try remove(next)
      return try ProfileStore.create(exists(main) ? next : main, settings, corpus)
    }
    if let failure { throw failure }
    return try ProfileStore.create(main, settings, corpus)
  }

  /// Closes a completed run and gives it its final name.
  ///
  /// Readers may have the run open, and also the run that it replaces; they continue to read the latter.
  /// - Throws: ``StoreError``.
  public func finish(_ store: consuming ProfileStore) throws(StoreError) {
    guard store.url.lastPathComponent == Self.nextFileName else {
      try store.close()
      return
    }
    // A reader of the new run keeps its log open, which must not end up beside a file of another name.
    try remove(copy)
    try place(try store.close(copyingTo: copy) ? next : copy)
    hasReplaced = true
    try remove(next)
  }

  /// Renames a file to the run's name, with the permissions of the file it replaces.
  private func place(_ done: URL) throws(StoreError) {
    var status = stat()
    if stat(main.path, &status) == 0 { chmod(done.path, status.st_mode & 0o777) }
    // A remaining log would be taken for the new file's. Its content belongs to the old run.
    ProfileStore.endLog(of: main)
    try remove(companions(of: main))
    guard rename(done.path, main.path) == 0 else {
      throw .cannotWrite(file: main.relativePath, reason: String(cString: strerror(errno)))
    }
    SyncedFolder.synchronize(directory)
  }

  /// Opens the folder's finished run.
  ///
  /// - Throws: ``StoreError``.
  public func finishedStore() throws(StoreError) -> ProfileStore { try ProfileStore(reading: main) }

  /// Records the peak memory in bytes of the last session, whose process continued after its last wave. If a reader of
  /// the run prevents writing, the value at the last wave stays.
  public func note(peakResident: Int) {
    // A replacement is not written to, see above: an updated copy replaces it in turn.
    let url = hasReplaced ? copy : main
    if hasReplaced {
      guard (try? remove(copy)) != nil, (try? FileManager.default.copyItem(at: main, to: copy)) != nil else { return }
    }
    if let store = try? ProfileStore(url, isReadOnly: false) {
      try? store.note(peakResident: peakResident)
      if (try? store.close()) != nil, hasReplaced { try? place(copy) }
    }
    if hasReplaced { try? remove(copy) }
  }

  private var main: URL { directory.appending(path: Self.fileName) }
  private var copy: URL { directory.appending(path: Self.copyFileName) }
  private var next: URL { directory.appending(path: Self.nextFileName) }

  private func exists(_ url: URL) -> Bool {
    var status = stat()
    return lstat(url.path, &status) == 0
  }

  /// Returns the files that SQLite keeps beside a database.
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

public import Foundation
import LlamaCore
public import Profiler

/// The folder of a run, held by one process.
///
/// `profile.sqlite` is the run. One that is to take its place is `profile.next.sqlite` until it is done. Nothing is then
/// written to it: SQLite would take its journal, in a reader of the one before, for that one's.
public final class RunFolder {
  /// The name of the run's file.
  public static let fileName = "profile.sqlite"
  static let nextFileName = "profile.next.sqlite"
  private static let copyFileName = "profile.done.sqlite"

  private let directory: URL
  private let descriptor: Int32
  /// Whether the run has taken another's place, whose readers may still be there.
  private var hasReplaced = false

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

  /// The run of these settings and texts: a new one, or the one that is there already, finished or not.
  ///
  /// Of two that are there, one that is to take the other's place and that other, each is found by its own settings.
  /// - Parameter startingAnew: does not go on with the folder's run; it stays until the new one is done. One that was begun
  ///   in the same way and did not come to its end is gone on with.
  /// - Throws: ``StoreError``; ``StoreError/otherRun(file:differences:command:isFinished:)`` where the folder holds a run
  ///   of others.
  public func store(
    _ settings: RunSettings, _ corpus: TokenizedCorpus, startingAnew: Bool
  ) throws(StoreError) -> ProfileStore {
    if startingAnew {
      // Neither is to be lost where it is no run.
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
        return store
      } catch {
        // The run itself is what is to be named, rather than what was to take its place.
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

  /// Closes a run whose texts are all done and gives it its name.
  ///
  /// Readers may have it open, and the one whose place it takes: those of the old one go on reading that.
  /// - Throws: ``StoreError``.
  public func finish(_ store: consuming ProfileStore) throws(StoreError) {
    guard store.url.lastPathComponent == Self.nextFileName else {
      try store.close()
      return
    }
    // A reader of the new one holds its log, which must not come to lie beside the name of another file.
    try remove(copy)
    try place(try store.close(copyingTo: copy) ? next : copy)
    hasReplaced = true
    try remove(next)
  }

  /// Gives a file the name of the run, and the permissions of the one that had it.
  private func place(_ done: URL) throws(StoreError) {
    var status = stat()
    if stat(main.path, &status) == 0 { chmod(done.path, status.st_mode & 0o777) }
    // A log that stays behind would be taken for the new file's. What is in it is the old run's to the end.
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

  /// Notes the peak memory of the last session, in bytes, whose process went on after its last wave. Where a reader of the run
  /// keeps it from being written, that at the last wave stays.
  public func note(peakResident: Int) {
    // What has taken another's place is not written to, see above: a copy takes its place in turn.
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

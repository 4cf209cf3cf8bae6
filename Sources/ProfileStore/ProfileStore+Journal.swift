import Foundation
import GRDB
import GRDBSQLite

extension ProfileStore {
  /// Switches to a write-ahead log: committing a wave takes one sync, and readers do not block it.
  func useWriteAheadLog() throws(StoreError) { try setJournal("WAL") }

  /// Checkpoints and removes the log, so that the run is one file again, and closes the file.
  ///
  /// If a reader has the run open, the log stays, and contains nothing that the file lacks except what that reader must
  /// not see yet; it is removed the next time the run is opened.
  /// - Parameter copy: destination for a copy of the whole run if the log stays: one file that no reader has open.
  /// - Returns: False if the log stays; the run has then been written to `copy`, if given.
  @discardableResult
  func close(copyingTo copy: URL? = nil) throws(StoreError) -> Bool {
    let isOneFile = try endLog()
    if !isOneFile, let copy { try write(to: copy) }
    do { try queue.close() } catch { throw StoreFailure(error, path: queue.path).writing(file) }
    return isOneFile
  }

  /// Removes the log of a run that was finished while a reader had it open, or whose process was killed. If that fails,
  /// the run is still readable.
  static func endLog(of url: URL) {
    let folder = url.deletingLastPathComponent().path
    guard access(url.path, R_OK | W_OK) == 0, access(folder, W_OK) == 0 else { return }
    guard let store = try? ProfileStore(url, isReadOnly: false) else { return }
    let mode = try? store.read { try $0.firstText("PRAGMA journal_mode") }
    if mode == "wal" { _ = try? store.endLog() }
    try? store.queue.close()
  }

  /// - Returns: True if the log is gone; false if another process has the run open.
  private func endLog() throws(StoreError) -> Bool {
    do {
      return try queue.writeWithoutTransaction { db in
        // Does not wait longer, since a notebook may keep the run open for hours.
        sqlite3_busy_timeout(db.sqliteConnection, 300)
        do {
          try db.execute(sql: "PRAGMA journal_mode = DELETE")
          return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
          // Moves as much as possible into the file without waiting for other processes.
          try? db.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
          return false
        } catch {
          throw StoreFailure(error, system: sqlite3_system_errno(db.sqliteConnection), path: queue.path)
        }
      }
    } catch {
      throw StoreFailure(error, path: queue.path).writing(file)
    }
  }

  /// Writes the run to an empty or missing file as a standalone database without a log.
  private func write(to url: URL) throws(StoreError) {
    do {
      try queue.writeWithoutTransaction { db in
        do {
          try db.execute(sql: "VACUUM INTO ?", arguments: [url.path])
        } catch {
          throw StoreFailure(error, system: sqlite3_system_errno(db.sqliteConnection), path: queue.path)
        }
      }
    } catch {
      throw StoreFailure(error, path: queue.path).writing(file)
    }
    let descriptor = Foundation.open(url.path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotWrite(file: file, reason: String(cString: strerror(errno))) }
    defer { Foundation.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .cannotWrite(file: file, reason: String(cString: strerror(errno))) }
  }

  private func setJournal(_ mode: String) throws(StoreError) {
    do {
      try queue.writeWithoutTransaction { db in
        do {
          try db.execute(sql: "PRAGMA journal_mode = \(mode)")
        } catch {
          throw StoreFailure(error, system: sqlite3_system_errno(db.sqliteConnection), path: queue.path)
        }
      }
    } catch {
      throw StoreFailure(error, path: queue.path).writing(file)
    }
  }
}

import Foundation
import GRDB
import GRDBSQLite
import LlamaCore

extension ProfileStore {
  /// Waves are committed to a log, which one sync brings to the disk, and which no reader holds up.
  func useWriteAheadLog() throws(StoreError) { try setJournal("WAL") }

  /// Ends the log, so that the run is one file again, and closes the file.
  ///
  /// Where a reader has it open, the log stays beside it, with nothing in it that the file lacks but what that reader may
  /// not see yet; whoever opens the run after that ends it.
  /// - Parameter copy: where the whole run is then to be written, as one file that no reader knows.
  /// - Returns: whether the run is one file, or was copied nowhere.
  @discardableResult
  func close(copyingTo copy: URL? = nil) throws(StoreError) -> Bool {
    let isOneFile = try endLog()
    if !isOneFile, let copy { try write(to: copy) }
    do { try queue.close() } catch { throw StoreFailure(error, path: queue.path).writing(file) }
    return isOneFile
  }

  /// Ends the log of a run that was finished while a reader had it open, or whose process was killed; where that cannot
  /// be done, the run can be read all the same.
  static func endLog(of url: URL) {
    let folder = url.deletingLastPathComponent().path
    guard access(url.path, R_OK | W_OK) == 0, access(folder, W_OK) == 0 else { return }
    guard let store = try? ProfileStore(url, isReadOnly: false) else { return }
    let mode = try? store.read { try $0.firstText("PRAGMA journal_mode") }
    if mode == "wal" { _ = try? store.endLog() }
    try? store.queue.close()
  }

  /// - Returns: whether there is none any more; false where another process has the run open.
  private func endLog() throws(StoreError) -> Bool {
    do {
      return try queue.writeWithoutTransaction { db in
        // A notebook may keep it open for hours.
        sqlite3_busy_timeout(db.sqliteConnection, 300)
        do {
          try db.execute(sql: "PRAGMA journal_mode = DELETE")
          return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
          // What can be moved into the file is, without waiting for anybody.
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

  /// Writes the run as a file of its own, without a log, into an empty or missing one.
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

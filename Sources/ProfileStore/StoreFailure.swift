import Foundation
import GRDB

/// SQLite error, in the operating system's words if available, and with a remedy if there is one.
package struct StoreFailure: Error {
  /// Cause of a failure.
  package enum Cause: Equatable, Sendable {
    /// The file is not a database.
    case otherBytes
    /// The file system does not support locks; carries the system's message.
    case noLocks(String)
    /// The absolute path exceeds SQLite's limit.
    case longPath(bytes: Int)
    /// Any other cause, as a phrase.
    case other(String)
  }

  let cause: Cause

  /// - Parameters:
  ///   - system: `errno` value that SQLite recorded for the connection, 0 if none.
  ///   - path: path of the database.
  init(_ error: any Error, system: Int32 = 0, path: String) {
    if let failure = error as? StoreFailure {
      self = failure
    } else if let error = error as? DatabaseError {
      let folder = (path as NSString).deletingLastPathComponent
      cause = Self.cause(
        error.extendedResultCode.rawValue, system: system, message: error.message ?? "\(error)",
        path: Self.resolved(path),
        lockFailure: FileLocks.failure(in: folder), isFolderWritable: access(folder, W_OK) == 0)
    } else {
      cause = .other(String(describing: error))
    }
  }

  /// - Parameters:
  ///   - code: extended result code.
  ///   - system: `errno` value, or 0: SQLite records none if a lock is refused, by another process or by the file
  ///     system.
  ///   - message: SQLite's message.
  ///   - path: path of the database, absolute and without symbolic links.
  ///   - lockFailure: `errno` value if no file in the folder can be locked; nil if one can.
  ///   - isFolderWritable: true if a log can be created beside the database.
  package static func cause(
    _ code: Int32, system: Int32, message: String, path: String, lockFailure: @autoclosure () -> Int32?,
    isFolderWritable: @autoclosure () -> Bool
  ) -> Cause {
    func text(_ code: Int32) -> String { String(cString: strerror(code)) }
    let code = ResultCode(rawValue: code)
    if FileLocks.missing.contains(system) { return .noLocks(text(system)) }
    switch (code.primaryResultCode, code) {
    case (.SQLITE_NOTADB, _): return .otherBytes
    case (.SQLITE_FULL, _): return .other(text(ENOSPC))
    case (.SQLITE_CORRUPT, _): return .other("the database is damaged")
    case (.SQLITE_BUSY, _), (.SQLITE_LOCKED, _):
      return lockFailure().map { .noLocks(text($0)) } ?? .other("another process is using it")
    case (.SQLITE_PROTOCOL, _), (.SQLITE_NOLFS, _), (_, .SQLITE_IOERR_LOCK), (_, .SQLITE_IOERR_UNLOCK),
      (_, .SQLITE_IOERR_RDLOCK), (_, .SQLITE_IOERR_CHECKRESERVEDLOCK), (_, .SQLITE_IOERR_SHMLOCK),
      (_, .SQLITE_IOERR_SHMMAP):
      return .noLocks(system != 0 ? text(system) : lockFailure().map(text) ?? message)
    case (.SQLITE_CANTOPEN, _) where path.utf8.count > pathLimit: return .longPath(bytes: path.utf8.count)
    case _ where system != 0: return .other(text(system))
    case (.SQLITE_CANTOPEN, _) where !isFolderWritable():
      return .other("its log cannot be made in a folder that is read-only; copy it to one that is not")
    // SQLite no longer has the system's error.
    case (_, .SQLITE_IOERR_WRITE) where hasFileSizeLimit: return .other(text(EFBIG))
    default: return .other(message)
    }
  }

  /// Maximum bytes of a database's absolute path: SQLite's 512, less the suffix of a journal's name.
  static let pathLimit = 504

  /// Returns a path as SQLite resolves it.
  private static func resolved(_ path: String) -> String {
    let folder = URL(filePath: path).absoluteURL.deletingLastPathComponent()
    guard let real = realpath(folder.path, nil) else { return path }
    defer { free(real) }
    return String(cString: real) + "/" + (path as NSString).lastPathComponent
  }

  private static var hasFileSizeLimit: Bool {
    var limit = rlimit()
    #if os(Linux)
      let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    #else
      let resource = RLIMIT_FSIZE
    #endif
    return getrlimit(resource, &limit) == 0 && limit.rlim_cur < rlim_t(Int64.max)
  }

  func reading(_ file: String) -> StoreError { error(file) { .cannotRead(file: file, reason: $0) } }

  func writing(_ file: String) -> StoreError { error(file) { .cannotWrite(file: file, reason: $0) } }

  private func error(_ file: String, _ other: (String) -> StoreError) -> StoreError {
    switch cause {
    case .otherBytes: .notAStore(file: file, found: "other bytes")
    case .noLocks(let reason): .noLocks(path: file, reason: reason)
    case .longPath(let bytes): .longPath(file: file, bytes: bytes, limit: Self.pathLimit)
    case .other(let reason): other(reason)
    }
  }
}

/// Support of a file system for the locks that a database needs.
enum FileLocks {
  /// `errno` values of a file system without locks.
  static let missing: Set<Int32> = [ENOLCK, ENOSYS, EOPNOTSUPP, ENOTSUP]

  /// Returns the `errno` value if files of a folder cannot be locked; nil if they can, or if this cannot be tried.
  static func failure(in folder: String) -> Int32? {
    var name = Array("\(folder.isEmpty ? "." : folder)/.fp-cli.XXXXXX".utf8CString)
    // A separate file: closing one of a database would release all its locks.
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { return nil }
    unlink(name)
    defer { close(descriptor) }
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    return fcntl(descriptor, F_SETLK, &lock) == 0 ? nil : errno
  }

  /// True if the file system of a folder reports that it does not support locks.
  static func areMissing(in folder: String) -> Bool { failure(in: folder).map(missing.contains) ?? false }

  /// Locks a folder for this process until the descriptor is closed.
  ///
  /// Waits up to 200 ms: a process that this one, or one that has ended, is just starting holds a copy of every descriptor
  /// until its program is loaded.
  /// - Returns: 0, or the `errno` value.
  static func hold(_ descriptor: Int32) -> Int32 {
    for _ in 0..<20 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return 0 }
      guard errno == EWOULDBLOCK else { return errno }
      usleep(10_000)
    }
    return EWOULDBLOCK
  }
}

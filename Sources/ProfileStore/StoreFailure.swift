import Foundation
import GRDB
import LlamaCore

/// What SQLite says, in the words of the system where there are some, and with what to do where that helps.
package struct StoreFailure: Error {
  /// Why something could not be done.
  package enum Cause: Equatable, Sendable {
    /// The file is no database.
    case otherBytes
    /// The file system keeps no locks; what the system said.
    case noLocks(String)
    /// The absolute path is longer than SQLite takes.
    case longPath(bytes: Int)
    /// Anything else, as a phrase.
    case other(String)
  }

  let cause: Cause

  /// - Parameters:
  ///   - system: the `errno` value that SQLite kept of the connection, 0 where there is none.
  ///   - path: of the database.
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
  ///   - code: the extended result code.
  ///   - system: an `errno` value, or 0: SQLite keeps none where a lock is refused, by whomever.
  ///   - message: SQLite's own.
  ///   - path: the database's, absolute and without links.
  ///   - lockFailure: why no file in its folder can be locked; nil where it can.
  ///   - isFolderWritable: whether a log can be made beside the database.
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
    // SQLite has forgotten by now what the system said.
    case (_, .SQLITE_IOERR_WRITE) where hasFileSizeLimit: return .other(text(EFBIG))
    default: return .other(message)
    }
  }

  /// Bytes of a database's absolute path at most: SQLite's 512, less the ending of a journal's name.
  static let pathLimit = 504

  /// A path as SQLite has it.
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

/// Whether a file system keeps the locks that a database needs.
enum FileLocks {
  /// What the system says where it does not.
  static let missing: Set<Int32> = [ENOLCK, ENOSYS, EOPNOTSUPP, ENOTSUP]

  /// Why files of a folder cannot be locked, as an `errno` value; nil where they can, or nothing can be tried.
  static func failure(in folder: String) -> Int32? {
    var name = Array("\(folder.isEmpty ? "." : folder)/.fp-cli.XXXXXX".utf8CString)
    // A file of its own: closing a database's would give back all its locks.
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { return nil }
    unlink(name)
    defer { close(descriptor) }
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    return fcntl(descriptor, F_SETLK, &lock) == 0 ? nil : errno
  }

  /// Whether the file system of a folder says that it has none.
  static func areMissing(in folder: String) -> Bool { failure(in: folder).map(missing.contains) ?? false }

  /// Takes a folder for this process until the descriptor is closed.
  ///
  /// - Returns: 0, or the `errno` value.
  static func hold(_ descriptor: Int32) -> Int32 { flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno }
}

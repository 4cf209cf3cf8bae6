import Foundation
import ProfileStore
import TestSupport
import Testing

/// What SQLite's codes and the system's mean to a user.
@Suite struct StoreFailureTests {
  private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// A code of SQLite's (sqlite.org/rescode.html), the system's beside it, and what locking a file says.
  private static let cases: [(code: Int32, system: Int32, lock: Int32?, cause: StoreFailure.Cause)] = [
    // SQLITE_BUSY, which SQLite makes of ENOLCK too, and keeps no errno of.
    (5, 0, nil, .other("another process is using it")), (5, 0, ENOLCK, .noLocks(text(ENOLCK))),
    (5, 0, ENOSYS, .noLocks(text(ENOSYS))), (261, 0, nil, .other("another process is using it")),
    // SQLITE_IOERR_LOCK, _RDLOCK, _UNLOCK, _CHECKRESERVEDLOCK, _SHMLOCK, _SHMMAP; SQLITE_PROTOCOL.
    (3850, ENOSYS, nil, .noLocks(text(ENOSYS))), (2314, EOPNOTSUPP, nil, .noLocks(text(EOPNOTSUPP))),
    (2058, EIO, nil, .noLocks(text(EIO))), (3594, 0, EINVAL, .noLocks(text(EINVAL))),
    (5130, 0, nil, .noLocks("message")), (5386, ENODEV, nil, .noLocks(text(ENODEV))), (15, 0, nil, .noLocks("message")),
    // SQLITE_IOERR_WRITE, SQLITE_FULL, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CANTOPEN.
    (778, EIO, ENOLCK, .other(text(EIO))), (778, ENOSYS, nil, .noLocks(text(ENOSYS))),
    (13, 0, nil, .other(text(ENOSPC))), (11, 0, nil, .other("the database is damaged")), (26, 0, nil, .otherBytes),
    (14, EMFILE, nil, .other(text(EMFILE))), (14, 0, nil, .other("message")),
  ]

  @Test(arguments: cases.indices)
  func `a code is told in the words of its cause`(case: Int) {
    let (code, system, lock, cause) = Self.cases[`case`]
    #expect(
      StoreFailure.cause(
        code, system: system, message: "message", path: "/run/profile.sqlite", lockFailure: lock, isFolderWritable: true
      )
        == cause)
  }

  @Test func `a file that cannot be opened is told apart by its path and its folder`() {
    func cause(_ bytes: Int, _ isWritable: Bool) -> StoreFailure.Cause {
      StoreFailure.cause(
        14, system: 0, message: "message", path: String(repeating: "x", count: bytes), lockFailure: nil,
        isFolderWritable: isWritable)
    }
    #expect(cause(504, true) == .other("message"))
    #expect(cause(505, true) == .longPath(bytes: 505))
    #expect(
      cause(504, false) == .other("its log cannot be made in a folder that is read-only; copy it to one that is not"))
  }

  @Test func `a path is refused exactly where SQLite does not take it, with its length`() throws {
    let folder = try TemporaryFolder()
    let run = MadeUpRun(domains: [("a", [1])]) { _, _, _, _, _ in 1 }
    let root = try #require(realpath(folder.url.path, nil).map { String(cString: $0) })
    for bytes in [504, 505, 700] {
      // Folders below the temporary one, until the database's path has so many bytes.
      var path = root
      let wanted = bytes - "/profile.sqlite".utf8.count
      while path.utf8.count < wanted {
        let left = wanted - path.utf8.count - 1
        path += "/" + String(repeating: "d", count: left <= 200 ? left : left < 204 ? 150 : 200)
      }
      try #require(path.utf8.count == wanted)
      let url = URL(filePath: path)
      if bytes <= 504 {
        try run.write(to: url)
        #expect(try ProfileStore(reading: url.appending(path: RunFolder.fileName)).counts().isFinished)
      } else {
        let error = #expect(throws: StoreError.self) { try run.write(to: url) }
        #expect(
          error?.description.hasSuffix(
            "/profile.sqlite: expected an absolute path of at most 504 bytes, found \(bytes); choose a shorter --output"
          )
            == true, "\(error?.description ?? "")")
      }
    }
  }
}

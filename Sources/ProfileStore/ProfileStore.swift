public import Foundation
import Foundations
import GRDB
import GRDBSQLite
import LlamaCore
public import Profiler

/// Run on disk: one SQLite file with the settings, the texts, every measured row, and the sessions that worked on it.
///
/// Each wave of texts is one transaction, in a write-ahead log that is synced before the next wave begins: after a
/// failure of the process, the machine or the disk, the file holds every committed wave and no part of any other. All
/// other files of a run derive from it.
public final class ProfileStore {
  /// File path, as given.
  public let file: String
  let url: URL
  let queue: DatabaseQueue
  /// Settings of the run, as stored when it began, but for those that can change, see ``adopt(_:)``.
  public internal(set) var settings: RunSettings
  /// Rows of the settings table.
  let entries: [String: String]
  /// Version of the schema, at most ``StoreSchema/version``.
  let schemaVersion: Int
  /// Row id of this process's session, once it works on the run; `pending` has the ids of the texts that have yet to be
  /// run.
  var session: Int64 = 0
  var pending: ArraySlice<Int> = []

  /// Opens a run for reading.
  ///
  /// - Throws: ``StoreError``, if the file is missing or is not a run's.
  public convenience init(reading url: URL) throws(StoreError) {
    Self.endLog(of: url)
    try self.init(url, isReadOnly: true)
  }

  /// Opens an existing run; see ``RunFolder``.
  init(_ url: URL, isReadOnly: Bool) throws(StoreError) {
    let file = url.relativePath
    let queue = try Self.open(url, isReadOnly: isReadOnly)
    let (version, entries) = try Self.reading(file, queue) { db in
      let version = try StoreSchema.check(db, file: file)
      let rows = try Row.fetchAll(db, sql: "SELECT name, value FROM setting LIMIT 100")
      let entries = try rows.map { row in
        let row = StoredRow(row, "setting", file)
        return (try row.text(0), try row.text(1))
      }
      return (version, Dictionary(entries, uniquingKeysWith: { $1 }))
    }
    do throws(RunSettings.Fault) {
      settings = try RunSettings(entries: entries, standard: StoreSchema.standardMetrics(version))
    } catch {
      throw .malformed(file: file, place: "setting \(error.name)", reason: error.reason)
    }
    self.file = file
    self.url = url
    self.queue = queue
    self.entries = entries
    schemaVersion = version
  }

  /// Measured scopes: all scopes, except in a run of an older version of the program.
  public var scopes: [Scope] { schemaVersion == 1 ? [.all, .withoutFirstToken] : Scope.allCases }

  /// Creates a run in an empty or missing file, atomically.
  static func create(
    _ url: URL, _ settings: RunSettings, _ corpus: TokenizedCorpus
  ) throws(StoreError) -> ProfileStore {
    // The name would be truncated when read back.
    for domain in corpus.domains where domain.name.utf8.contains(0) {
      throw .malformed(
        file: url.relativePath, place: "domain \(domain.name.quoted)", reason: "expected a name without a NUL")
    }
    let queue = try open(url, isReadOnly: false)
    try writing(url.relativePath, queue) { db in
      try StoreSchema.create(db, settings)
      for (name, value) in settings.entries {
        try db.execute(sql: "INSERT INTO setting VALUES (?, ?)", arguments: [name, value])
      }
      for (number, unit) in (settings.ablation?.units ?? []).enumerated() {
        try db.execute(
          sql: "INSERT INTO unit VALUES (?, ?, ?, ?)", arguments: [number, unit.part.rawValue, unit.layer, unit.head])
      }
      var id = 0
      for (number, domain) in corpus.domains.enumerated() {
        try db.execute(
          sql: "INSERT INTO domain VALUES (?, ?, ?, ?)",
          arguments: [number, domain.name, domain.emptyTexts, domain.truncatedTexts])
        for text in StoredText.list(of: domain) {
          try db.cachedStatement(sql: "INSERT INTO text VALUES (?, ?, ?, ?, ?, ?, ?)").execute(
            arguments: [id, number, text.number, text.tokens, text.hash, text.state.rawValue, text.reason])
          id += 1
        }
      }
      try addGroups(of: corpus, db)
      try addPrefixes(of: corpus, db)
    }
    try? queue.close()
    SyncedFolder.synchronize(url.deletingLastPathComponent())
    return try ProfileStore(url, isReadOnly: false)
  }

  /// True if the database exists and is still empty.
  static func isEmpty(_ url: URL) throws(StoreError) -> Bool {
    let queue = try open(url, isReadOnly: false)
    return try reading(url.relativePath, queue) { try StoreSchema.isEmpty($0) }
  }

  /// Refuses to replace a file that is neither a run's nor empty.
  static func checkReplaceable(_ url: URL) throws(StoreError) {
    let queue = try open(url, isReadOnly: false)
    let file = url.relativePath
    try reading(file, queue) { db in
      let application = try db.firstInteger("PRAGMA application_id") ?? 0
      guard try application == StoreSchema.applicationID || StoreSchema.isEmpty(db) else {
        throw StoreSchema.foreign(file, application)
      }
    }
  }

  static func open(_ url: URL, isReadOnly: Bool) throws(StoreError) -> DatabaseQueue {
    let file = url.relativePath
    var status = stat()
    if stat(url.path, &status) == 0 {
      // SQLite would block on a FIFO.
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw .notAStore(file: file, found: "a folder or device")
      }
      if access(url.path, R_OK) != 0 { throw .cannotRead(file: file, reason: String(cString: strerror(errno))) }
    } else if isReadOnly {
      throw .cannotRead(file: file, reason: String(cString: strerror(errno)))
    }
    let writable = status.st_mode == 0 ? url.deletingLastPathComponent().path : url.path
    if !isReadOnly, access(writable, W_OK) != 0 {
      throw .cannotWrite(file: file, reason: String(cString: strerror(errno)))
    }
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    let folder = url.deletingLastPathComponent().path
    configuration.busyMode = .callback { tries in
      // SQLite takes a lock that the file system does not support for a lock held by another process.
      if tries == 0, FileLocks.areMissing(in: folder) { return false }
      usleep(20_000)
      return tries < 500
    }
    configuration.prepareDatabase { db in
      // The file is untrusted: disables functions in its schema and limits values to the size of a run's.
      try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0")
      sqlite3_limit(db.sqliteConnection, SQLITE_LIMIT_LENGTH, 16_000_000)
      try db.execute(sql: "PRAGMA synchronous = FULL")
    }
    do {
      return try DatabaseQueue(path: url.path, configuration: configuration)
    } catch {
      let failure = StoreFailure(error, path: url.path)
      throw isReadOnly ? failure.reading(file) : failure.writing(file)
    }
  }

  func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    try Self.reading(file, queue, body)
  }

  func write(_ body: (Database) throws -> Void) throws(StoreError) { try Self.writing(file, queue, body) }

  static func reading<Result>(
    _ file: String, _ queue: DatabaseQueue, _ body: (Database) throws -> Result
  ) throws(StoreError) -> Result {
    do {
      return try queue.read { db in
        do {
          return try body(db)
        } catch let error as DatabaseError {
          // Read first, since any other call would overwrite it.
          throw StoreFailure(error, system: sqlite3_system_errno(db.sqliteConnection), path: queue.path)
        }
      }
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreFailure(error, path: queue.path).reading(file)
    }
  }

  /// Runs `body` in one transaction.
  static func writing(
    _ file: String, _ queue: DatabaseQueue, _ body: (Database) throws -> Void
  ) throws(StoreError) {
    do {
      try queue.writeWithoutTransaction { db in
        do {
          try db.execute(sql: "BEGIN IMMEDIATE")
          try body(db)
          try db.execute(sql: "COMMIT")
        } catch {
          let failure = StoreFailure(error, system: sqlite3_system_errno(db.sqliteConnection), path: queue.path)
          try? db.execute(sql: "ROLLBACK")
          throw error is StoreError ? error : failure
        }
      }
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreFailure(error, path: queue.path).writing(file)
    }
  }
}

import Foundation
import GRDB
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

/// Runs whose files somebody else has open, a notebook say, all the time.
@Suite struct StoreReaderTests {
  private static var run: MadeUpRun {
    MadeUpRun(domains: [("a", [3, 1, 5]), ("b", [2])]) { _, domain, text, _, layer in Double(domain + text + layer) }
  }

  /// A connection of a reader's.
  private final class Reader {
    let queue: DatabaseQueue

    /// - Parameter holds: keeps a transaction open, so that the reader sees one moment of the file to the end.
    init(_ url: URL, holds: Bool, isReadOnly: Bool = false) throws {
      var configuration = Configuration()
      configuration.readonly = isReadOnly
      configuration.allowsUnsafeTransactions = true
      queue = try DatabaseQueue(path: url.path, configuration: configuration)
      if holds { try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN") } }
      _ = try finished()
    }

    func finished() throws -> Int? {
      try queue.writeWithoutTransaction {
        try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM text WHERE state = 'done'")
      }
    }

    func check() throws -> String? {
      try queue.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
    }

    func close() throws {
      try queue.writeWithoutTransaction { if $0.isInsideTransaction { try $0.execute(sql: "COMMIT") } }
      try queue.close()
    }
  }

  private static let readers = [(false, false), (true, false), (false, true), (true, true)]

  @Test(arguments: readers)
  func `a run is finished while a reader has it open, and the log is ended later`(holds: Bool, isReadOnly: Bool) throws
  {
    let folder = try TemporaryFolder()
    let held = try RunFolder(folder.url)
    let file = folder.url.appending(path: RunFolder.fileName)
    let store = try held.store(Self.run.settings, Self.run.tokenized, startingAnew: false)
    try store.begin(MadeUpRun.session)
    try store.add([Self.run.texts[0]], MadeUpRun.session)
    let reader = try Reader(file, holds: holds, isReadOnly: isReadOnly)
    try store.add(Array(Self.run.texts.dropFirst()), MadeUpRun.session)
    try store.end(MadeUpRun.session)
    try held.finish(store)
    do {
      let export = try RunExport(held.finishedStore())
      #expect(try export.write(to: folder.url).profile.texts == 4)
      #expect(try export.contents(writtenTo: folder.url, withReport: false) != nil)
    }
    #expect(try reader.finished() == (holds ? 1 : 4))
    #expect(try reader.check() == "ok")
    #expect(try LoadedRun(contentsOf: folder.url).domains.map(\.texts.count) == [3, 1])
    try reader.close()
    #expect(try LoadedRun(contentsOf: folder.url).domains.map(\.texts.count) == [3, 1])
    #expect(try folder.names.filter { $0.hasPrefix("profile.") } == ["profile.sqlite"])
    // Bytes 18 and 19 of a database without a log.
    #expect(try [UInt8](Data(contentsOf: file))[18...19] == [1, 1])
  }

  @Test(arguments: readers)
  func `a run takes the place of another that a reader has open, and neither sees the other's log`(
    holds: Bool, isReadOnly: Bool
  ) throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: RunFolder.fileName)
    var old = Self.run
    old.maximumTokens = 100
    // The old one stays with a log: a reader has it, and it is not finished.
    var reader: Reader
    do {
      let store = try RunFolder(folder.url).store(old.settings, old.tokenized, startingAnew: false)
      try store.begin(MadeUpRun.session)
      try store.add([old.texts[0]], MadeUpRun.session)
      reader = try Reader(file, holds: holds, isReadOnly: isReadOnly)
      try store.add([old.texts[1]], MadeUpRun.session)
    }
    #expect(try folder.names.contains("profile.sqlite-wal"))
    // A reader of the new one, which does not know its log's name to change.
    let held = try RunFolder(folder.url)
    let next = folder.url.appending(path: "profile.next.sqlite")
    let store = try held.store(Self.run.settings, Self.run.tokenized, startingAnew: true)
    try store.begin(MadeUpRun.session)
    try store.add([Self.run.texts[0]], MadeUpRun.session)
    let watcher = try Reader(next, holds: holds, isReadOnly: isReadOnly)
    try store.add(Array(Self.run.texts.dropFirst()), MadeUpRun.session)
    try held.finish(store)
    #expect(try folder.names == ["profile.sqlite"])
    #expect(try held.finishedStore().counts().finished == 4)
    #expect(try reader.finished() == (holds ? 1 : 2))
    #expect(try reader.check() == "ok")
    #expect(try watcher.finished() == (holds ? 1 : 4))
    #expect(try watcher.check() == "ok")
    // The last to close a database removes its log by name.
    let newReader = try Reader(file, holds: true)
    try watcher.close()
    try reader.close()
    #expect(try newReader.finished() == 4)
    #expect(try newReader.check() == "ok")
    try newReader.close()
    #expect(try held.finishedStore().counts().finished == 4)
    #expect(try ProfileStore(reading: file).settings.maximumTokens == 512)
    #expect(try folder.names == ["profile.sqlite"])
  }

  @Test func `another program's database is read without ending its log`() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: RunFolder.fileName)
    let queue = try DatabaseQueue(path: file.path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL; CREATE TABLE mine (x)") }
    try queue.close()
    let before = try Data(contentsOf: file)
    #expect(throws: StoreError.self) { try ProfileStore(reading: file) }
    #expect(try Data(contentsOf: file) == before)
  }
}

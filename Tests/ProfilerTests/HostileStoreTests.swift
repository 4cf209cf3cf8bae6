import Foundation
import Foundations
import GRDB
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

/// Databases that no run wrote, or that somebody changed.
@Suite struct HostileStoreTests {
  private static var run: MadeUpRun {
    MadeUpRun(domains: [("a", [3, 1]), ("b", [2])]) { _, domain, text, _, layer in Double(domain + text + layer) }
  }

  private static let changes: [(sql: String, reason: String)] = [
    ("PRAGMA user_version = 4", "expected schema version 3, found 4: it was written by a newer version of fp-cli"),
    ("PRAGMA user_version = 1", "table texts: expected other columns than it has"),
    ("PRAGMA user_version = 0", "expected the database of a run, found schema version 0"),
    ("PRAGMA application_id = 7", "expected the database of a run, found another SQLite database, application_id 7"),
    ("DROP TABLE session_time", "table session_time: expected one, found none"),
    ("DROP VIEW texts", "table texts: expected one, found none"),
    ("ALTER TABLE block ADD COLUMN more REAL", "table block: expected other columns than it has"),
    (
      "DROP TABLE block; CREATE VIEW block AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        + "SELECT x AS text, 0 AS scope, 0 AS layer FROM n", "table block: expected other columns than it has"
    ),
    (
      "CREATE TRIGGER t AFTER INSERT ON session BEGIN DELETE FROM block; END", "trigger \"t\": expected none"
    ),
    ("DELETE FROM setting WHERE name = 'precision'", "setting precision: expected a value, found none"),
    (
      "UPDATE setting SET value = 'x' WHERE name = 'model_sha256'",
      "setting model_sha256: expected 64 hexadecimal digits, found \"x\""
    ),
    (
      "UPDATE setting SET value = '9223372036854775807' WHERE name = 'last_layer'",
      "setting last_layer: expected an integer from 0 to 9999, found \"9223372036854775807\""
    ),
    (
      "UPDATE setting SET value = '2' WHERE name = 'first_layer'",
      "setting first_layer: expected an integer from 0 to 1"
    ),
    (
      "UPDATE setting SET value = 'mean' WHERE name = 'metrics'",
      "setting metrics: expected the names of metrics in their order, found \"mean\""
    ),
    (
      "UPDATE setting SET value = replace(value, 'std', 'dst') WHERE name = 'metrics'",
      "setting metrics: expected the names of metrics in their order, found \"mean,abs_mean,dst,"
    ),
    (
      "UPDATE setting SET value = value || ',nll' WHERE name = 'metrics'",
      "setting metrics: expected the metrics of table block, \"mean,abs_mean,std,"
    ),
    ("DELETE FROM setting WHERE name = 'metrics'", "setting metrics: expected a value, found none"),
    ("UPDATE text SET domain = 9 WHERE id = 1", "table text: expected a domain, found 9"),
    ("UPDATE text SET tokens = -1", "table text: column tokens: expected an integer from 0 to 1099511627776, found -1"),
    ("UPDATE text SET tokens = 0", "table text: text 0 of \"a\": expected at least one token, found none"),
    ("UPDATE domain SET id = 7 WHERE id = 1", "table domain: expected domain 1"),
    (
      "DELETE FROM block WHERE text = 2 AND layer = 1",
      "table block: text 0 of \"b\", block 1, scope all: expected a row, found none"
    ),
    (
      "INSERT INTO non_finite VALUES (0, 0, 'bad luck', 0, 1)",
      "table non_finite: column cause: expected a cause, found \"bad luck\""
    ),
    ("DROP TABLE sink", "table sink: expected one, found none"),
    ("INSERT INTO sink VALUES (0, 3, 1, NULL, 0, 0, 0, 1e3)", "table sink: expected a position below 3, found 3"),
    ("INSERT INTO sink VALUES (0, 1, 1, NULL, 7, 0, 0, 1e3)", "table sink: expected blocks of the run, found 7 and 0"),
    ("INSERT INTO sink VALUES (0, 1, 1, NULL, 1, 0, 0, 1e3)", "table sink: expected blocks of the run, found 1 and 0"),
    ("INSERT INTO sink VALUES (0, 1, 1, NULL, 0, 0, 0, 9e999)", "table sink: column value: expected a finite number"),
    (
      "INSERT INTO sink VALUES (0, 1, 4294967296, NULL, 0, 0, 0, 1e3)",
      "table sink: column token: expected the id of a token, found 4294967296"
    ),
    // A text of one token, which then has rows too many.
    (
      "INSERT INTO sink VALUES (1, 0, 1, NULL, 0, 0, 0, 1e3)",
      "table block: text 0 of \"b\", block 0, scope all: expected a row, found none"
    ),
    (
      "DELETE FROM block WHERE text = 0 AND scope = 2",
      "table block: text 0 of \"a\", block 0, scope without_sinks: expected a row, found none"
    ),
    ("INSERT INTO sink VALUES (-1, 0, 1, NULL, 0, 0, 0, 1e3)", "table sink: column text: expected an integer from 0"),
    ("INSERT INTO massive_cut VALUES (-1, 5)", "table massive_cut: column text: expected an integer from 0"),
    ("UPDATE session SET started = 1e300", "table session: column started: expected a number, found 1e+300"),
    ("UPDATE text SET state = 'pending' WHERE id = 2", "the run is not finished, 2 of 3 texts are"),
  ]

  @Test(arguments: changes.indices)
  func `what no run writes is refused by table and column`(case: Int) throws {
    let (sql, reason) = Self.changes[`case`]
    let folder = try TemporaryFolder()
    try Self.run.write(to: folder.url)
    let file = folder.url.appending(path: RunFolder.fileName)
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    try DatabaseQueue(path: file.path, configuration: configuration).writeWithoutTransaction {
      try $0.execute(sql: sql)
    }
    let error = #expect(throws: StoreError.self) { try LoadedRun(contentsOf: folder.url) }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("\(file.relativePath): \(reason)"), "\(text)")
    #expect(!text.contains("\n"), "\(text)")
  }

  @Test(arguments: [
    (Data(), "expected the database of a run, found another SQLite database, application_id 0"),
    (
      Data("no database, but a text of some length, longer than a header".utf8),
      "expected the database of a run, found "
    ),
    (Data("SQLite format 3\0".utf8) + Data(repeating: 0xFF, count: 4000), "expected the database of a run, found "),
  ])
  func `a file that is no database is refused`(bytes: Data, reason: String) throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: RunFolder.fileName)
    try bytes.write(to: file)
    let error = #expect(throws: StoreError.self) { try LoadedRun(contentsOf: folder.url) }
    #expect(error?.description.hasPrefix("\(file.relativePath): \(reason)") == true, "\(error?.description ?? "")")
    // An empty file is one whose process ended at once, and anybody's may not be written to.
    let opened = Result { try RunFolder(folder.url).store(Self.run.settings, Self.run.tokenized, startingAnew: false) }
    #expect(bytes.isEmpty == ((try? opened.get()) != nil))
    if !bytes.isEmpty { #expect(try Data(contentsOf: file) == bytes) }
  }

  @Test func `a file with bytes changed at random is read or refused`() throws {
    let folder = try TemporaryFolder()
    try Self.run.write(to: folder.url)
    let file = folder.url.appending(path: RunFolder.fileName)
    let original = [UInt8](try Data(contentsOf: file))
    var generator = SplitMix64(seed: 11)
    for _ in 0..<400 {
      var bytes = original
      for _ in 0...generator.next(below: 20) {
        bytes[Int(generator.next(below: UInt64(bytes.count)))] = UInt8(truncatingIfNeeded: generator.next())
      }
      if generator.next(below: 4) == 0 { bytes.removeLast(Int(generator.next(below: UInt64(bytes.count)))) }
      try Data(bytes).write(to: file)
      do {
        _ = try LoadedRun(contentsOf: folder.url)
      } catch let error as StoreError {
        #expect(!error.description.contains("\n"))
      } catch is ReportError {
        // A name too long for a file.
      }
    }
  }
}

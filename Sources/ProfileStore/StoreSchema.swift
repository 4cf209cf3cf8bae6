import Foundation
import Foundations
import GRDB
import Profiler

/// Tables of a run, documented for readers in docs/reliability.md.
enum StoreSchema {
  /// Incremented with every change of the tables. Version 1 had no sinks, and versions 1 and 2 had fewer metrics; such
  /// runs can be read.
  static let version = 3
  /// Oldest version that can be read.
  static let oldestVersion = 1

  /// Returns the metrics that every run of a version has.
  static func standardMetrics(_ version: Int) -> [Metric] {
    version < 3 ? Array(Metric.standard.prefix(11)) : Metric.standard
  }
  /// `FPro`: distinguishes a run from other SQLite files.
  static let applicationID = 0x4650_726F

  /// Table or view, as its `CREATE` statement.
  struct Item {
    let name: String
    let sql: String
  }

  /// - Parameters:
  ///   - metrics: columns of the table `block`.
  ///   - version: version of the schema.
  ///   - ablation: removals of the run; nil for none.
  static func items(_ metrics: [Metric], version: Int, ablation: Ablation? = nil) -> [Item] {
    let columns = metrics.map { "\"\($0.rawValue)\"" }
    let scopes = version == 1 ? "ELSE 'without_first_token'" : "WHEN 1 THEN 'without_first_token' ELSE 'without_sinks'"
    let items = [
      // Settings of the run, see `RunSettings`.
      table("setting", ["name TEXT NOT NULL PRIMARY KEY", "value TEXT NOT NULL"], options: "STRICT, WITHOUT ROWID"),
      // Domains in the order of the corpus.
      table(
        "domain",
        [
          "id INTEGER PRIMARY KEY", "name TEXT NOT NULL UNIQUE", "empty_texts INTEGER NOT NULL",
          "truncated_texts INTEGER NOT NULL",
        ]),
      // Texts in the order of the run. `number` is the index in the domain's list, `sha256` is of the token ids as
      // 32-bit little-endian integers, `state` is pending, done or failed.
      table(
        "text",
        [
          "id INTEGER PRIMARY KEY", "domain INTEGER NOT NULL REFERENCES domain", "number INTEGER NOT NULL",
          "tokens INTEGER NOT NULL", "sha256 TEXT NOT NULL", "state TEXT NOT NULL", "reason TEXT",
        ]),
      // One row per text, scope (0 all, 1 without_first_token, 2 without_sinks) and block. NULL stands for nan.
      table(
        "block",
        ["text INTEGER NOT NULL", "scope INTEGER NOT NULL", "layer INTEGER NOT NULL"] + columns.map { "\($0) REAL" }
          + ["PRIMARY KEY (text, scope, layer)"], options: "STRICT, WITHOUT ROWID"),
      // Blocks at which a text has a non-finite value.
      table(
        "non_finite",
        [
          "text INTEGER NOT NULL", "layer INTEGER NOT NULL", "cause TEXT NOT NULL", "position INTEGER NOT NULL",
          "count INTEGER NOT NULL", "PRIMARY KEY (text, layer)",
        ], options: "STRICT, WITHOUT ROWID"),
      // Processes that worked on the run; times are seconds since 1970.
      table(
        "session",
        [
          "id INTEGER PRIMARY KEY", "version TEXT NOT NULL", "threads INTEGER NOT NULL", "memory_limit INTEGER",
          "wave_tokens INTEGER", "started REAL NOT NULL", "ended REAL NOT NULL", "texts INTEGER NOT NULL",
          "tokens INTEGER NOT NULL", "seconds REAL NOT NULL", "peak_resident INTEGER",
        ]),
      table(
        "session_time",
        [
          "session INTEGER NOT NULL", "place INTEGER NOT NULL", "part TEXT NOT NULL", "seconds REAL NOT NULL",
          "PRIMARY KEY (session, place)",
        ], options: "STRICT, WITHOUT ROWID"),
      // View in the form of `texts.csv`, for pandas and sqlite3.
      Item(
        name: "texts",
        sql: """
          CREATE VIEW texts AS SELECT domain.name AS domain, text.number AS text, text.tokens AS tokens, \
          CASE block.scope WHEN 0 THEN 'all' \(scopes) END AS scope, block.layer AS layer, \
          \(columns.map { "block.\($0) AS \($0)" }.joined(separator: ", ")) \
          FROM block JOIN text ON text.id = block.text JOIN domain ON domain.id = text.domain \
          ORDER BY block.text, block.scope, block.layer
          """),
    ]
    return (version == 1 ? items : items + sinkItems) + (ablation == nil ? [] : removalItems)
      + (ablation?.means == nil ? [] : [meanItem])
  }

  private static let sinkItems = [
    // Tokens with massive activations: `token` is the id, `token_text` its text if known, `first_layer` the first block
    // at which the position is massive; `layer`, `dimension` and `value` are those of its largest |Y|.
    table(
      "sink",
      [
        "text INTEGER NOT NULL", "position INTEGER NOT NULL", "token INTEGER", "token_text TEXT",
        "first_layer INTEGER NOT NULL", "layer INTEGER NOT NULL", "dimension INTEGER NOT NULL", "value REAL NOT NULL",
        "PRIMARY KEY (text, position)",
      ], options: "STRICT, WITHOUT ROWID"),
    // Massive activations, at most a thousand per text.
    table(
      "massive",
      [
        "text INTEGER NOT NULL", "layer INTEGER NOT NULL", "position INTEGER NOT NULL", "dimension INTEGER NOT NULL",
        "value REAL NOT NULL", "PRIMARY KEY (text, layer, position, dimension)",
      ], options: "STRICT, WITHOUT ROWID"),
    // Texts with more massive activations, and the number omitted.
    table("massive_cut", ["text INTEGER NOT NULL PRIMARY KEY", "omitted INTEGER NOT NULL"]),
  ]

  private static let removalItems = [
    // Removed parts, in the order of the setting `ablation`, which has the length of spans.
    table("unit", ["id INTEGER PRIMARY KEY", "part TEXT NOT NULL", "layer INTEGER NOT NULL", "head INTEGER"]),
    // Costs of each removal on each text. NULL stands for nan, and for the nll of a text of one token.
    table(
      "removal",
      [
        "text INTEGER NOT NULL", "unit INTEGER NOT NULL", "nll REAL", "kl REAL", "top1 REAL", "output_change_mean REAL",
        "output_change_max REAL", "PRIMARY KEY (text, unit)",
      ], options: "STRICT, WITHOUT ROWID"),
    // Effects on later blocks, one value for a text: for each unit and block mean and maximum as little-endian doubles,
    // -1 for blocks up to the removal's last one.
    table("effect", ["text INTEGER NOT NULL PRIMARY KEY", "effects BLOB NOT NULL"]),
  ]

  /// What removed parts add in a domain, at each block, as little-endian doubles. Without rows until it is known.
  private static let meanItem = table(
    "mean",
    [
      "domain INTEGER NOT NULL", "layer INTEGER NOT NULL", "attention BLOB NOT NULL", "mlp BLOB NOT NULL",
      "PRIMARY KEY (domain, layer)",
    ])

  /// Table of a run whose units were removed one after the other, which is made when that begins: likelihoods of texts
  /// under models without several units. `removed` has the units in their text form; NULL stands for nan.
  static let cutItem = table(
    "cut", ["removed TEXT NOT NULL", "text INTEGER NOT NULL", "nll REAL", "PRIMARY KEY (removed, text)"],
    options: "STRICT, WITHOUT ROWID")

  /// Tables of groups, which runs of earlier versions lack: the given group of each text that has one, and pairs of texts
  /// that were found to be near-copies when the run began, which connect all such texts.
  static let groupItems = [
    table("text_group", ["text INTEGER NOT NULL PRIMARY KEY", "name TEXT NOT NULL"]),
    table(
      "near_copy", ["text INTEGER NOT NULL", "other INTEGER NOT NULL", "PRIMARY KEY (text, other)"],
      options: "STRICT, WITHOUT ROWID"),
  ]

  /// Tables of positions, which runs of earlier versions lack: the sums of each text whose values are finite, as little-endian
  /// doubles (see `PositionSums`), and the hashes of texts' first tokens where a bucket ends.
  static let positionItems = [
    table("position", ["text INTEGER NOT NULL PRIMARY KEY", "sums BLOB NOT NULL"]),
    table(
      "prefix",
      ["text INTEGER NOT NULL", "tokens INTEGER NOT NULL", "sha256 TEXT NOT NULL", "PRIMARY KEY (text, tokens)"],
      options: "STRICT, WITHOUT ROWID"),
  ]

  /// True if the run keeps sums over positions.
  static func hasPositions(_ db: Database) throws -> Bool { try positionItems.allSatisfy { try has($0, db) } }

  /// True if the database has a table.
  static func has(_ item: Item, _ db: Database) throws -> Bool {
    try db.firstText("SELECT name FROM sqlite_schema WHERE name = ?", [item.name]) != nil
  }

  private static func table(_ name: String, _ columns: [String], options: String = "STRICT") -> Item {
    Item(name: name, sql: "CREATE TABLE \(name) (\(columns.joined(separator: ", "))) \(options)")
  }

  /// Creates the tables in an empty database.
  static func create(_ db: Database, _ settings: RunSettings) throws {
    for item in items(settings.metrics, version: version, ablation: settings.ablation) + groupItems + positionItems {
      try db.execute(sql: item.sql)
    }
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// True if the database is empty because its process ended before the first commit.
  static func isEmpty(_ db: Database) throws -> Bool {
    try db.firstInteger("SELECT COUNT(*) FROM sqlite_schema") == 0
  }

  /// Refuses databases that are not runs, and constructs that could mislead a reader: a view in place of a table, a
  /// trigger, a computed column.
  ///
  /// - Returns: Version of the schema.
  static func check(_ db: Database, file: String) throws -> Int {
    let application = try db.firstInteger("PRAGMA application_id") ?? 0
    guard application == applicationID else { throw foreign(file, application) }
    let found = try db.firstInteger("PRAGMA user_version") ?? 0
    guard found <= version else { throw StoreError.newerSchema(file: file, found: found, known: version) }
    guard found >= oldestVersion else {
      throw StoreError.notAStore(file: file, found: "schema version \(found)")
    }
    // The settings table first, because the columns of another table depend on it.
    try check(items([], version: found)[0], db, file: file)
    let metrics = try metrics(db, version: found, file: file)
    let ablation = try db.firstText("SELECT value FROM setting WHERE name = 'ablation'").flatMap { text in
      // The tables of a swap do not depend on where it is from.
      Ablation(text, swapsFrom: text.hasPrefix(Ablation.swapWord) ? URL(filePath: ".") : nil)
    }
    for item in items(metrics, version: found, ablation: ablation).dropFirst() { try check(item, db, file: file) }
    for item in [cutItem] + groupItems + positionItems where try has(item, db) { try check(item, db, file: file) }
    if let trigger = try db.firstText("SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
      throw StoreError.malformed(file: file, place: "trigger \(trigger.quoted)", reason: "expected none")
    }
    return found
  }

  /// Returns the metrics of the settings table, which the columns of the table `block` must confirm: where these are
  /// metrics too, but others, the setting is at fault and not the table with the rows.
  private static func metrics(_ db: Database, version: Int, file: String) throws -> [Metric] {
    let standard = standardMetrics(version)
    do {
      guard let stored = try db.firstText("SELECT value FROM setting WHERE name = 'metrics'") else {
        throw RunSettings.Fault(name: "metrics", reason: "expected a value, found none")
      }
      let metrics = try RunSettings.metrics(in: stored, standard: standard)
      let names = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('block') LIMIT 1000")
      let columns = names.dropFirst(3).joined(separator: ",")
      if columns != stored, (try? RunSettings.metrics(in: columns, standard: standard)) != nil {
        throw RunSettings.Fault(
          name: "metrics", reason: "expected the metrics of table block, \(columns.quoted), found \(stored.quoted)")
      }
      return metrics
    } catch let fault as RunSettings.Fault {
      throw StoreError.malformed(file: file, place: "setting \(fault.name)", reason: fault.reason)
    }
  }

  /// Returns the error for a database of another program.
  static func foreign(_ file: String, _ application: Int) -> StoreError {
    .notAStore(file: file, found: "another SQLite database, application_id \(application)")
  }

  private static func check(_ item: Item, _ db: Database, file: String) throws {
    let sql = try db.firstText("SELECT sql FROM sqlite_schema WHERE name = ?", [item.name])
    guard sql == item.sql else {
      throw StoreError.malformed(
        file: file, place: "table \(item.name)",
        reason: sql == nil ? "expected one, found none" : "expected other columns than it has")
    }
  }
}

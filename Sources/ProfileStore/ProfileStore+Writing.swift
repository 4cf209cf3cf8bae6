import Foundation
import GRDB
import GRDBSQLite
import LlamaCore
public import Profiler

extension ProfileStore {
  /// Begins a session, after which waves can be added.
  ///
  /// - Throws: ``StoreError``.
  public func begin(_ session: RunSession) throws(StoreError) {
    try useWriteAheadLog()
    pending = try read { db in
      var ids: [Int] = []
      let rows = try Row.fetchCursor(db, sql: "SELECT id FROM text WHERE state = 'pending' ORDER BY id")
      while let row = try rows.next() { ids.append(try StoredRow(row, "text", file).integer(0)) }
      return ids
    }[...]
    var id: Int64 = 0
    try write { db in
      try db.execute(
        sql: "INSERT INTO session VALUES (NULL, ?, ?, ?, ?, ?, ?, 0, 0, 0, NULL)",
        arguments: [
          session.version, session.threads, session.memoryLimit, session.waveTokens,
          session.started.timeIntervalSince1970, session.ended.timeIntervalSince1970,
        ])
      id = db.lastInsertedRowID
    }
    self.session = id
  }

  /// Stores the rows of a wave of texts in one transaction. They are on the disk when the call returns.
  ///
  /// - Parameters:
  ///   - texts: the next texts of the run, in its order.
  ///   - session: progress of the process.
  /// - Throws: ``StoreError``; then nothing of the wave is stored.
  public func add(_ texts: [TextProfile], _ session: RunSession) throws(StoreError) {
    guard texts.count <= pending.count else {
      throw .malformed(
        file: file, place: "table text", reason: "expected at most \(pending.count) texts more, found \(texts.count)")
    }
    let metrics = settings.metrics
    let marks = Array(repeating: "?", count: 3 + metrics.count).joined(separator: ", ")
    try write { db in
      let block = try db.cachedStatement(sql: "INSERT INTO block VALUES (\(marks))")
      let finding = try db.cachedStatement(sql: "INSERT INTO non_finite VALUES (?, ?, ?, ?, ?)")
      let sink = try db.cachedStatement(sql: "INSERT INTO sink VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      let massive = try db.cachedStatement(sql: "INSERT INTO massive VALUES (?, ?, ?, ?, ?)")
      let state = try db.cachedStatement(sql: "UPDATE text SET state = 'done' WHERE id = ?")
      for (id, text) in zip(pending, texts) {
        for (number, scope) in Scope.allCases.enumerated() {
          for (layer, row) in zip(text.layers, text.rows(scope)) {
            var cells: [DatabaseValue] = [id.databaseValue, number.databaseValue, layer.databaseValue]
            for metric in metrics { cells.append((metric.isOfText ? text[metric] : row[metric]).databaseValue) }
            try block.execute(arguments: StatementArguments(cells))
          }
        }
        for found in text.nonFinite {
          try finding.execute(
            arguments: [id, found.layer, found.cause.rawValue, found.position, found.count])
        }
        for token in text.sinks {
          let largest = token.largest
          try sink.execute(
            arguments: [
              id, token.position, token.token, token.text, token.firstLayer, largest.layer, largest.dimension,
              largest.value,
            ])
        }
        for found in text.massive {
          try massive.execute(arguments: [id, found.layer, found.position, found.dimension, found.value])
        }
        if text.omittedMassive > 0 {
          try db.execute(sql: "INSERT INTO massive_cut VALUES (?, ?)", arguments: [id, text.omittedMassive])
        }
        if settings.ablation != nil { try add(text.removals, text: id, db) }
        if let sums = text.positions { try add(sums, text: id, db) }
        try state.execute(arguments: [id])
      }
      try update(session, db)
    }
    pending = pending.dropFirst(texts.count)
  }

  /// Records the final figures of a session.
  ///
  /// - Throws: ``StoreError``.
  public func end(_ session: RunSession) throws(StoreError) {
    let id = self.session
    try write { db in
      try update(session, db)
      for (place, time) in session.threadSeconds.enumerated() {
        try db.execute(
          sql: "INSERT INTO session_time VALUES (?, ?, ?, ?)", arguments: [id, place, time.name, time.seconds])
      }
    }
  }

  private func update(_ session: RunSession, _ db: Database) throws {
    try db.cachedStatement(
      sql: "UPDATE session SET ended = ?, texts = ?, tokens = ?, seconds = ?, peak_resident = ? WHERE id = ?"
    ).execute(
      arguments: [
        session.ended.timeIntervalSince1970, session.texts, session.tokens, session.seconds, session.peakResident,
        self.session,
      ])
  }

  /// Records the peak memory of the last session, which continued after its last wave.
  func note(peakResident: Int) throws(StoreError) {
    try write { db in
      // Waits at most 300 ms for a reader.
      sqlite3_busy_timeout(db.sqliteConnection, 300)
      try db.execute(
        sql: "UPDATE session SET peak_resident = ? WHERE id = (SELECT MAX(id) FROM session)", arguments: [peakResident])
    }
  }
}

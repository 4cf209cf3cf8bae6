import Foundation
import Foundations
import GRDB
import LlamaCore
public import Profiler

extension ProfileStore {
  /// Domain of the run's corpus.
  public struct Domain: Sendable, Equatable {
    public let name: String
    public let emptyTexts: Int
    public let truncatedTexts: Int
    /// Number of finished texts.
    public let texts: Int
    /// Number of finished texts whose token ids equal those of an earlier text of the domain.
    public let copies: Int
  }

  /// Text that was not run, with the reason.
  public struct Failure: Sendable, Equatable {
    public let text: TextIdentity
    public let reason: String
  }

  /// Progress of a run.
  public struct Counts: Sendable, Equatable {
    /// Number of texts of the run, excluding those that cannot be run.
    public let texts: Int
    /// Number of texts whose rows are complete.
    public let finished: Int

    public var isFinished: Bool { texts == finished }
  }

  /// - Throws: ``StoreError``, like all reading methods.
  public func counts() throws(StoreError) -> Counts {
    try read { db in
      let texts = try db.firstInteger("SELECT COUNT(*) FROM text WHERE state <> 'failed'") ?? 0
      let finished = try db.firstInteger("SELECT COUNT(*) FROM text WHERE state = 'done'") ?? 0
      return Counts(texts: texts, finished: finished)
    }
  }

  /// Refuses a run that is not finished, with what can be done about it.
  package func checkFinished() throws(StoreError) {
    let counts = try counts()
    guard !counts.isFinished else { return }
    guard schemaVersion == StoreSchema.version else {
      throw .olderUnfinished(
        file: file, version: try sessions().first?.version, texts: counts.texts, finished: counts.finished)
    }
    throw .unfinished(file: file, texts: counts.texts, finished: counts.finished)
  }

  /// Returns the domains in the order of the corpus.
  public func domains() throws(StoreError) -> [Domain] {
    try read { db in
      let distinct = """
        SELECT domain, COUNT(*), COUNT(*) - COUNT(DISTINCT sha256) FROM text WHERE state = 'done' GROUP BY domain ORDER BY domain
        """
      var texts: [Int: Int] = [:], copies: [Int: Int] = [:]
      for row in try self.rows(db, "text", distinct) {
        texts[try row.integer(0)] = try row.integer(1)
        copies[try row.integer(0)] = try row.integer(2)
      }
      return try self.rows(db, "domain", "SELECT id, name, empty_texts, truncated_texts FROM domain ORDER BY id")
        .enumerated()
        .map { number, row in
          guard try row.integer(0) == number else { throw row.fault("expected domain \(number)") }
          return Domain(
            name: try row.text(1), emptyTexts: try row.integer(2), truncatedTexts: try row.integer(3),
            texts: texts[number] ?? 0, copies: copies[number] ?? 0)
        }
    }
  }

  /// Returns the texts that were not run: the first `limit` of them, and their number.
  public func failures(limit: Int = CorpusProfile.incidentLimit) throws(StoreError) -> (first: [Failure], count: Int) {
    try read { db in
      let sql = """
        SELECT domain.name, text.number, text.reason FROM text JOIN domain ON domain.id = text.domain \
        WHERE state = 'failed' ORDER BY text.id LIMIT \(limit)
        """
      let first = try self.rows(db, "text", sql).map { row in
        Failure(
          text: TextIdentity(domain: try row.text(0), index: try row.integer(1)), reason: try row.text(2).onOneLine)
      }
      return (first, try db.firstInteger("SELECT COUNT(*) FROM text WHERE state = 'failed'") ?? 0)
    }
  }

  /// Returns the sessions that worked on the run, in chronological order.
  public func sessions() throws(StoreError) -> [RunSession] {
    try read { db in
      let sql = """
        SELECT id, version, threads, memory_limit, wave_tokens, started, ended, texts, tokens, seconds, peak_resident \
        FROM session ORDER BY id LIMIT 1000000
        """
      return try self.rows(db, "session", sql).map { row in
        var session = RunSession(
          version: try row.text(1), threads: try row.integer(2), memoryLimit: try row.optionalInteger(3),
          waveTokens: try row.optionalInteger(4), started: Date(timeIntervalSince1970: try row.number(5)))
        session.ended = Date(timeIntervalSince1970: try row.number(6))
        session.texts = try row.integer(7)
        session.tokens = try row.integer(8)
        session.seconds = try row.number(9)
        session.peakResident = try row.optionalInteger(10)
        let times =
          "SELECT part, seconds FROM session_time WHERE session = \(try row.integer(0)) ORDER BY place LIMIT 100"
        session.threadSeconds = try self.rows(db, "session_time", times).map { (try $0.text(0), try $0.number(1)) }
        return session
      }
    }
  }

  /// Passes every finished text to `body` in the order of the run, one at a time, so memory does not depend on their
  /// number.
  ///
  /// - Parameter body: receives the index of the text's domain and its rows; it must not use the store.
  /// - Throws: ``StoreError``; rethrows the errors of `body`.
  public func forEachText(_ body: (_ domain: Int, _ text: TextProfile) throws -> Void) throws {
    try forEachText(withPositions: false, body)
  }

  /// As above, with the sums over positions where they are wanted.
  package func forEachText(
    withPositions: Bool, _ body: (_ domain: Int, _ text: TextProfile) throws -> Void
  ) throws {
    let domains = try domains()
    let (layers, metrics, measured) = (settings.layers, settings.metrics, scopes)
    let columns = metrics.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    let likelihood = metrics.firstIndex(of: .nll)
    var failure: (any Error)?
    try read { db in
      let texts = try Row.fetchCursor(
        db, sql: "SELECT id, domain, number, tokens FROM text WHERE state = 'done' ORDER BY id")
      let blocks = try Row.fetchCursor(
        db, sql: "SELECT text, scope, layer, \(columns) FROM block ORDER BY text, scope, layer")
      let findings = try Row.fetchCursor(
        db, sql: "SELECT text, layer, cause, position, count FROM non_finite ORDER BY text, layer")
      var sinks = try SinkCursor(db, self)
      var removals = try RemovalCursor(db, self)
      var positions = try PositionCursor(db, self, isWanted: withPositions)
      var nextFinding = try findings.next().map { StoredRow($0, "non_finite", file) }
      while let row = try texts.next().map({ StoredRow($0, "text", file) }) {
        let (id, domain, tokens) = (try row.integer(0), try row.integer(1), try row.integer(3))
        guard domains.indices.contains(domain) else { throw row.fault("expected a domain, found \(domain)") }
        let identity = TextIdentity(domain: domains[domain].name, index: try row.integer(2))
        guard tokens > 0 else { throw row.fault("\(identity): expected at least one token, found none") }
        let found = try sinks.next(of: id, tokens: tokens, layers: layers)
        let counts = [tokens, tokens - 1, tokens - found.count]
        var scopes: [[BlockMetrics]] = []
        var nll: Double?
        for scope in measured.indices {
          var rows: [BlockMetrics] = []
          for layer in layers where counts[scope] > 0 {
            guard let block = try blocks.next().map({ StoredRow($0, "block", file) }), try block.integer(0) == id,
              try block.integer(1) == scope, try block.integer(2) == layer
            else {
              throw StoreError.malformed(
                file: file, place: "table block",
                reason: "\(identity), block \(layer), scope \(measured[scope].rawValue): expected a row, "
                  + "found none")
            }
            rows.append(try block.metrics(metrics, from: 3))
            // A value of the text, so the same on each of its rows; a text of one token has none.
            if let likelihood, nll == nil, tokens > 1 { nll = try block.value(3 + likelihood) }
          }
          scopes.append(rows)
        }
        var nonFinite: [NonFinite] = []
        while let finding = nextFinding, try finding.integer(0) == id {
          nonFinite.append(try finding.nonFinite())
          nextFinding = try findings.next().map { StoredRow($0, "non_finite", file) }
        }
        var text = TextProfile(
          text: identity, tokens: tokens, layers: layers, nonFinite: nonFinite, nll: nll, all: scopes[0],
          withoutFirstToken: scopes[1], withoutSinks: scopes.count > 2 ? scopes[2] : [], sinks: found,
          omittedMassive: try sinks.omitted(of: id))
        text.removals = try removals.next(of: id, identity, tokens: tokens)
        text.positions = try positions.next(of: id, identity, tokens: tokens, sinks: found.map(\.position))
        // An error of the caller is not an error of the database.
        do { try body(domain, text) } catch {
          failure = error
          return
        }
      }
    }
    if let failure { throw failure }
  }

  private func rows(_ db: Database, _ table: String, _ sql: String) throws -> [StoredRow] {
    try Row.fetchAll(db, sql: sql).map { StoredRow($0, table, file) }
  }
}

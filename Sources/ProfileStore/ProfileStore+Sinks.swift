import GRDB
import LlamaCore
public import Profiler

extension ProfileStore {
  /// Row of the table of massive activations.
  public struct MassiveRow: Sendable, Equatable {
    public let text: TextIdentity
    /// Token id; nil if it was not known.
    public let token: TokenID?
    public let activation: MassiveActivation
  }

  /// Passes every stored massive activation to `body` in the order of the run: by text, block, position and dimension.
  ///
  /// - Parameter body: must not use the store.
  /// - Throws: ``StoreError``; rethrows the errors of `body`.
  public func forEachMassiveActivation(_ body: (MassiveRow) throws -> Void) throws {
    guard schemaVersion > 1 else { return }
    var failure: (any Error)?
    try read { db in
      let sql = """
        SELECT domain.name, text.number, massive.layer, massive.position, massive.dimension, massive.value, sink.token \
        FROM massive JOIN text ON text.id = massive.text JOIN domain ON domain.id = text.domain \
        LEFT JOIN sink ON sink.text = massive.text AND sink.position = massive.position \
        ORDER BY massive.text, massive.layer, massive.position, massive.dimension
        """
      let rows = try Row.fetchCursor(db, sql: sql)
      while let row = try rows.next().map({ StoredRow($0, "massive", file) }) {
        let found = MassiveRow(
          text: TextIdentity(domain: try row.text(0), index: try row.integer(1)), token: try row.token(6),
          activation: try row.massive(layer: 2, position: 3, dimension: 4, value: 5))
        // An error of the caller is not an error of the database.
        do { try body(found) } catch {
          failure = error
          return
        }
      }
    }
    if let failure { throw failure }
  }
}

/// Cursor over the tables of sinks and of omitted massive activations, text by text.
struct SinkCursor {
  private let rows, cuts: RowCursor?
  private let file: String
  private var ahead, cut: StoredRow?

  /// - Throws: Errors of the database. Runs of version 1 lack these tables, which is not an error.
  init(_ db: Database, _ store: ProfileStore) throws {
    file = store.file
    let sql = """
      SELECT text, position, token, token_text, first_layer, layer, dimension, value FROM sink ORDER BY text, position
      """
    let isThere = store.schemaVersion > 1
    rows = isThere ? try Row.fetchCursor(db, sql: sql) : nil
    cuts = isThere ? try Row.fetchCursor(db, sql: "SELECT text, omitted FROM massive_cut ORDER BY text") : nil
    try advance()
    try advanceCuts()
  }

  /// Returns the sinks of a text; texts must be requested in their order.
  ///
  /// - Throws: ``StoreError/malformed(file:place:reason:)`` for a row that does not belong to the text.
  mutating func next(of text: Int, tokens: Int, layers: Range<Int>) throws -> [SinkToken] {
    var sinks: [SinkToken] = []
    while let row = ahead, try row.integer(0) <= text {
      guard try row.integer(0) == text else {
        throw row.fault("expected a text that is done, found \(try row.integer(0))")
      }
      let largest = try row.massive(layer: 5, position: 1, dimension: 6, value: 7)
      let first = try row.integer(4)
      guard largest.position < tokens else {
        throw row.fault("expected a position below \(tokens), found \(largest.position)")
      }
      guard layers.contains(first), (first..<layers.upperBound).contains(largest.layer) else {
        throw row.fault("expected blocks of the run, found \(first) and \(largest.layer)")
      }
      sinks.append(
        SinkToken(firstLayer: first, largest: largest, token: try row.token(2), text: try row.optionalText(3)))
      try advance()
    }
    return sinks
  }

  /// Returns the number of omitted massive activations of a text; texts must be requested in their order.
  ///
  /// - Throws: ``StoreError/malformed(file:place:reason:)``.
  mutating func omitted(of text: Int) throws -> Int {
    guard let row = cut, try row.integer(0) <= text else { return 0 }
    guard try row.integer(0) == text else {
      throw row.fault("expected a text that is done, found \(try row.integer(0))")
    }
    // Read before the cursor advances, since it has a single row.
    let omitted = try row.integer(1)
    try advanceCuts()
    return omitted
  }

  private mutating func advanceCuts() throws { cut = try cuts?.next().map { StoredRow($0, "massive_cut", file) } }

  private mutating func advance() throws { ahead = try rows?.next().map { StoredRow($0, "sink", file) } }
}

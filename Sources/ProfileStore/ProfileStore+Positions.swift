import Foundation
import GRDB
import LlamaCore
import Profiler

/// What a run keeps of the positions of its texts, so that their first tokens can be compared without a run of that length.
extension ProfileStore {
  /// Stores the hashes of the beginnings of each text that end where a bucket of positions ends: as those of whole texts, they tell
  /// copies, and pair the texts of two runs.
  static func addPrefixes(of corpus: TokenizedCorpus, _ db: Database) throws {
    let prefix = try db.cachedStatement(sql: "INSERT INTO prefix VALUES (?, ?, ?)")
    var id = 0
    for domain in corpus.domains {
      let texts = Dictionary(domain.texts.map { ($0.index, $0.tokens) }, uniquingKeysWith: { first, _ in first })
      for stored in StoredText.list(of: domain) {
        if let tokens = texts[stored.number], stored.state != .failed {
          for end in PositionBucket.ends(upTo: tokens.count) where end < tokens.count {
            try prefix.execute(arguments: [id, end, StoredText.hash(tokens[..<end])])
          }
        }
        id += 1
      }
    }
  }

  /// Stores the sums of a text, within the transaction of its wave.
  func add(_ sums: PositionSums, text: Int, _ db: Database) throws {
    guard try StoreSchema.hasPositions(db) else { return }
    var data = Data(capacity: 8 * sums.values.count)
    for value in sums.values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
    try db.cachedStatement(sql: "INSERT INTO position VALUES (?, ?)").execute(arguments: [text, data])
  }

  /// True if the run keeps sums over positions, as runs of earlier versions do not.
  ///
  /// - Throws: ``StoreError``.
  public func hasPositions() throws(StoreError) -> Bool { try read { try StoreSchema.hasPositions($0) } }

  /// Returns the hashes of the first tokens of the finished texts, in the order of the run; nil for a text that has not as many.
  ///
  /// - Parameter tokens: end of a bucket of positions.
  /// - Throws: ``StoreError``.
  package func prefixHashes(_ tokens: Int) throws(StoreError) -> [TextHash?] {
    try read { db in
      var hashes: [TextHash?] = []
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT text.tokens, text.sha256, prefix.sha256 FROM text \
          LEFT JOIN prefix ON prefix.text = text.id AND prefix.tokens = ? WHERE text.state = 'done' ORDER BY text.id
          """, arguments: [tokens])
      while let row = try rows.next().map({ StoredRow($0, "prefix", file) }) {
        let count = try row.integer(0)
        let text = count == tokens ? try row.text(1) : count > tokens ? try row.text(2) : nil
        guard let text else {
          hashes.append(nil)
          continue
        }
        guard let hash = TextHash(hexadecimal: text) else {
          throw row.fault("column sha256: expected 64 hexadecimal digits, found \(text.quoted)")
        }
        hashes.append(hash)
      }
      return hashes
    }
  }
}

/// Cursor over the sums of texts.
struct PositionCursor {
  private let rows: RowCursor?
  private let file: String
  private let metrics: [Metric]
  private let blocks: Int
  private var ahead: StoredRow?

  /// - Parameter isWanted: false for a cursor that has none.
  /// - Throws: Errors of the database.
  init(_ db: Database, _ store: ProfileStore, isWanted: Bool) throws {
    file = store.file
    (metrics, blocks) = (store.settings.metrics, store.settings.layers.count)
    rows =
      try isWanted && StoreSchema.hasPositions(db)
      ? Row.fetchCursor(db, sql: "SELECT text, sums FROM position ORDER BY text") : nil
    try advance()
  }

  /// Returns the sums of a text, nil if it has none; texts must be requested in their order.
  ///
  /// - Throws: ``StoreError/malformed(file:place:reason:)`` for a row that does not belong to the text.
  mutating func next(of text: Int, _ identity: TextIdentity, tokens: Int, sinks: [Int]) throws -> PositionSums? {
    guard let row = ahead, try row.integer(0) <= text else { return nil }
    guard try row.integer(0) == text else {
      throw row.fault("expected a text that is done, found \(try row.integer(0))")
    }
    let data = try row.data(1)
    let values = data.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { place in
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self)))
      }
    }
    guard data.count % 8 == 0, values.allSatisfy(\.isFinite),
      let sums = PositionSums(tokens: tokens, blocks: blocks, metrics: metrics, sinks: sinks, values: values)
    else {
      throw row.fault("\(identity): expected finite sums of \(tokens) tokens at \(blocks) blocks")
    }
    try advance()
    return sums
  }

  private mutating func advance() throws { ahead = try rows?.next().map { StoredRow($0, "position", file) } }
}

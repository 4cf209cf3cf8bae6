import Foundations
import GRDB
import LlamaCore
public import Profiler

extension ProfileStore {
  /// Stores the given groups of texts, and searches near-copies, which needs the token ids: a run does not keep them.
  static func addGroups(of corpus: TokenizedCorpus, _ db: Database) throws {
    let group = try db.cachedStatement(sql: "INSERT INTO text_group VALUES (?, ?)")
    var ids: [Int] = []
    var id = 0
    for domain in corpus.domains {
      let texts = Dictionary(domain.texts.map { ($0.index, $0.group) }, uniquingKeysWith: { first, _ in first })
      for stored in StoredText.list(of: domain) {
        if stored.state != .failed {
          ids.append(id)
          if let name = texts[stored.number].flatMap(\.self) { try group.execute(arguments: [id, name]) }
        }
        id += 1
      }
    }
    let copy = try db.cachedStatement(sql: "INSERT INTO near_copy VALUES (?, ?)")
    for pair in NearCopies(of: corpus).pairs { try copy.execute(arguments: [ids[pair.text], ids[pair.other]]) }
  }

  /// Returns the groups of the finished texts. Texts of equal token ids are in one group, also in a run of an earlier
  /// version, which has no other groups.
  ///
  /// - Parameter firstTokens: number of first tokens, the end of a bucket of positions, if the texts are to be compared by
  ///   these: texts with the same ones are in one group too.
  /// - Throws: ``StoreError``.
  public func groups(firstTokens: Int? = nil) throws(StoreError) -> TextGroups {
    let hashes = try textHashes()
    let beginnings = try firstTokens.map { tokens throws(StoreError) in try prefixHashes(tokens) } ?? []
    return try read { db in
      var places: [Int: Int] = [:]
      var domains: [Int] = []
      let rows = try Row.fetchCursor(db, sql: "SELECT id, domain FROM text WHERE state = 'done' ORDER BY id")
      while let row = try rows.next().map({ StoredRow($0, "text", file) }) {
        places[try row.integer(0)] = places.count
        domains.append(try row.integer(1))
      }
      guard hashes.count == places.count else {
        throw StoreError.malformed(
          file: file, place: "table text", reason: "expected \(hashes.count) finished texts, found \(places.count)")
      }
      var copies: [NearCopies.Pair] = [], pairs = copies
      var first: [TextHash: Int] = [:]
      for (place, hash) in hashes.enumerated() {
        guard let other = first[hash] else {
          first[hash] = place
          continue
        }
        let pair = NearCopies.Pair(text: place, other: other)
        if domains[place] == domains[other] { copies.append(pair) } else { pairs.append(pair) }
        // Copies in the next domain are copies of each other first.
        first[hash] = place
      }
      var given = [String?](repeating: nil, count: places.count)
      guard try StoreSchema.groupItems.allSatisfy({ try StoreSchema.has($0, db) }) else {
        return TextGroups(given: given, copies: copies, nearCopies: pairs, isSearched: false)
      }
      // Rows of texts that are not finished are of no group yet.
      let groups = try Row.fetchCursor(db, sql: "SELECT text, name FROM text_group ORDER BY text")
      while let row = try groups.next().map({ StoredRow($0, "text_group", file) }) {
        let name = try row.text(1)
        if let fault = CorpusText.fault(inGroup: name) { throw row.fault(fault) }
        if let place = places[try row.integer(0)] { given[place] = name }
      }
      let found = try Row.fetchCursor(db, sql: "SELECT text, other FROM near_copy ORDER BY text, other")
      while let row = try found.next().map({ StoredRow($0, "near_copy", file) }) {
        guard let place = places[try row.integer(0)], let other = places[try row.integer(1)] else { continue }
        // Each pair connects two sets of texts, so there are fewer pairs than texts.
        guard pairs.count < 2 * places.count else { throw row.fault("expected fewer pairs than texts, found more") }
        pairs.append(.init(text: place, other: other))
      }
      var begun: [TextHash: Int] = [:]
      for (place, hash) in beginnings.enumerated() {
        guard let hash else { continue }
        if let other = begun[hash] { pairs.append(.init(text: place, other: other)) } else { begun[hash] = place }
      }
      return TextGroups(given: given, copies: copies, nearCopies: pairs)
    }
  }
}

import Foundations
import GRDB
import LlamaCore

/// Identity of a text's token ids: the first half of their SHA-256, after truncation. Texts of equal hashes are copies
/// of each other.
public struct TextHash: Hashable, Sendable {
  private let high, low: UInt64

  /// Reads the 64 digits of the store; nil for anything else.
  init?(hexadecimal: String) {
    let digits = hexadecimal.utf8
    guard digits.count == 64, let high = UInt64(hexadecimal.prefix(16), radix: 16),
      let low = UInt64(hexadecimal.dropFirst(16).prefix(16), radix: 16)
    else { return nil }
    (self.high, self.low) = (high, low)
  }
}

extension ProfileStore {
  /// Returns the hashes of the finished texts, in the order of the run.
  ///
  /// - Throws: ``StoreError``.
  public func textHashes() throws(StoreError) -> [TextHash] {
    try read { db in
      var hashes: [TextHash] = []
      let rows = try Row.fetchCursor(db, sql: "SELECT sha256 FROM text WHERE state = 'done' ORDER BY id")
      while let row = try rows.next().map({ StoredRow($0, "text", file) }) {
        guard let hash = TextHash(hexadecimal: try row.text(0)) else {
          throw row.fault("column sha256: expected 64 hexadecimal digits, found \(try row.text(0).quoted)")
        }
        hashes.append(hash)
      }
      return hashes
    }
  }
}

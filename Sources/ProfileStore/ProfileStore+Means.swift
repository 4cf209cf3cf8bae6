import Foundation
import GRDB
import LlamaCore
import Profiler

extension ProfileStore {
  /// Stores what removed parts add, in one transaction, before the first wave: a resumed run has the same bits.
  ///
  /// - Throws: ``StoreError``; then nothing of it is stored.
  func add(_ means: AblationMeans) throws(StoreError) {
    try write { db in
      let row = try db.cachedStatement(sql: "INSERT INTO mean VALUES (?, ?, ?, ?)")
      for (number, domain) in means.domains.enumerated() {
        guard let domain else { continue }
        for (layer, (attention, mlp)) in zip(domain.attention, domain.mlp).enumerated() {
          try row.execute(arguments: [number, layer, DoubleBytes.bytes(of: attention), DoubleBytes.bytes(of: mlp)])
        }
      }
    }
  }

  /// Returns what removed parts add, by domain; nil if it has not been stored.
  ///
  /// - Parameters:
  ///   - domains: for each domain of the run true if it has texts, and therefore means.
  ///   - width: the model's hidden size.
  /// - Throws: ``StoreError``.
  func means(_ domains: [Bool], width: Int) throws(StoreError) -> AblationMeans? {
    try read { db in
      if try db.firstInteger("SELECT COUNT(*) FROM mean") == 0 { return nil }
      let rows = try Row.fetchCursor(db, sql: "SELECT domain, layer, attention, mlp FROM mean ORDER BY domain, layer")
      let found = try domains.enumerated().map { number, hasTexts -> DomainMeans? in
        guard hasTexts else { return nil }
        var (attention, mlp): ([[Double]], [[Double]]) = ([], [])
        for layer in 0..<settings.layers.upperBound {
          guard let row = try rows.next().map({ StoredRow($0, "mean", file) }), try row.integer(0) == number,
            try row.integer(1) == layer
          else {
            throw StoreError.malformed(
              file: file, place: "table mean",
              reason: "domain \(number), block \(layer): expected a row, found none or another")
          }
          guard let a = DoubleBytes.doubles(try row.data(2), count: width),
            let m = DoubleBytes.doubles(try row.data(3), count: width)
          else {
            throw row.fault("domain \(number), block \(layer): expected \(width) numbers of the model's hidden size")
          }
          attention.append(a)
          mlp.append(m)
        }
        return DomainMeans(attention: attention, mlp: mlp)
      }
      return AblationMeans(stored: found)
    }
  }
}

/// Numbers as one value of the database.
private enum DoubleBytes {
  static func bytes(of numbers: [Double]) -> Data {
    var data = Data(capacity: 8 * numbers.count)
    for number in numbers { withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
    return data
  }

  /// Returns the numbers; nil if there are not `count`.
  static func doubles(_ data: Data, count: Int) -> [Double]? {
    guard data.count == 8 * count else { return nil }
    return data.withUnsafeBytes { bytes in
      (0..<count).map { index in
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
      }
    }
  }
}

import Foundation
import GRDB
import LlamaCore
import Profiler

extension ProfileStore {
  /// Stores what the removals of the ablation cost on a text, within the transaction of its wave.
  func add(_ costs: [RemovalCost], text: Int, _ db: Database) throws {
    let removal = try db.cachedStatement(sql: "INSERT INTO removal VALUES (?, ?, ?, ?, ?, ?, ?)")
    for (unit, cost) in costs.enumerated() {
      try removal.execute(
        arguments: [text, unit, cost.nll, cost.kl, cost.top1, cost.outputChangeMean, cost.outputChangeMax])
    }
    guard settings.ablation?.hasEffects == true else { return }
    try db.cachedStatement(sql: "INSERT INTO effect VALUES (?, ?)").execute(
      arguments: [text, EffectBytes.bytes(of: costs.map(\.effects))])
  }
}

/// Effects of a text's removals as one value of the database.
enum EffectBytes {
  /// Bytes of the effect on a block.
  private static let size = 16
  /// Stands for no effect; effects are not negative.
  private static let none = -1.0

  static func bytes(of effects: [[RemovalCost.Effect?]]) -> Data {
    var data = Data(capacity: effects.reduce(0) { $0 + size * $1.count })
    for effect in effects.joined() {
      for value in [effect?.mean ?? none, effect?.maximum ?? none] {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      }
    }
    return data
  }

  /// Returns the effects by unit and block; nil if the number of bytes is another.
  static func effects(_ data: Data, units: Int, layers: Int) -> [[RemovalCost.Effect?]]? {
    guard data.count == units * layers * size else { return nil }
    return data.withUnsafeBytes { bytes in
      func number(_ offset: Int) -> Double {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      }
      return (0..<units).map { unit in
        (0..<layers).map { layer in
          let start = (unit * layers + layer) * size
          let effect = RemovalCost.Effect(mean: number(start), maximum: number(start + 8))
          return effect.mean == none ? nil : effect
        }
      }
    }
  }
}

/// Cursor over the costs of removals, text by text.
struct RemovalCursor {
  private let rows, effects: RowCursor?
  private let ablation: Ablation?
  private let layers: Int
  private let file: String

  /// - Throws: Errors of the database. A run without an ablation has no such tables.
  init(_ db: Database, _ store: ProfileStore) throws {
    file = store.file
    ablation = store.settings.ablation
    layers = store.settings.layers.upperBound
    let sql = """
      SELECT text, unit, nll, kl, top1, output_change_mean, output_change_max FROM removal ORDER BY text, unit
      """
    rows = ablation == nil ? nil : try Row.fetchCursor(db, sql: sql)
    effects =
      ablation?.hasEffects == true
      ? try Row.fetchCursor(db, sql: "SELECT text, effects FROM effect ORDER BY text") : nil
  }

  /// Returns the costs of every removal on the next text.
  mutating func next(of text: Int, _ identity: TextIdentity, tokens: Int) throws -> [RemovalCost] {
    guard let ablation, let rows else { return [] }
    func missing(_ table: String, _ what: String) -> StoreError {
      .malformed(file: file, place: "table \(table)", reason: "\(identity), \(what): expected a row, found none")
    }
    var byUnit: [[RemovalCost.Effect?]] = []
    if let effects {
      guard let row = try effects.next().map({ StoredRow($0, "effect", file) }), try row.integer(0) == text else {
        throw missing("effect", "effects")
      }
      guard let found = EffectBytes.effects(try row.data(1), units: ablation.units.count, layers: layers) else {
        throw row.fault("\(identity): expected \(ablation.units.count) effects on \(layers) blocks")
      }
      byUnit = found
    }
    return try ablation.units.enumerated().map { unit, name in
      guard let row = try rows.next().map({ StoredRow($0, "removal", file) }), try row.integer(0) == text,
        try row.integer(1) == unit
      else { throw missing("removal", "\(name)") }
      return RemovalCost(
        nll: tokens > 1 ? try row.value(2) : nil, kl: try row.value(3), top1: try row.value(4),
        outputChangeMean: try row.value(5), outputChangeMax: try row.value(6),
        effects: byUnit.isEmpty ? [] : byUnit[unit])
    }
  }
}

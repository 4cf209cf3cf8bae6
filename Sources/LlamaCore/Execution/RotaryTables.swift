/// Rotary tables of a model's blocks, one for each distinct rotation.
struct RotaryTables: Sendable {
  private var tables: [RotaryTable] = []
  /// For each block the index of its table; nil for a block without rotation.
  private let places: [Int?]

  init(_ spec: ModelSpec) {
    var known: [Key] = []
    var tables: [RotaryTable] = []
    places = spec.blocks.map { block in
      guard let rope = block.attention.rope else { return nil }
      let key = Key(rope: rope, headDimension: block.attention.headDimension)
      if let place = known.firstIndex(of: key) { return place }
      known.append(key)
      tables.append(RotaryTable(rope, headDimension: key.headDimension))
      return tables.count - 1
    }
    self.tables = tables
  }

  private struct Key: Hashable {
    let rope: RotaryParameters
    let headDimension: Int
  }

  /// The table of a block.
  subscript(layer: Int) -> RotaryTable? { places[layer].map { tables[$0] } }

  /// Extends the tables to `count` positions.
  mutating func extend(to count: Int) {
    for index in tables.indices { tables[index].extend(to: count) }
  }

  /// Returns the bytes of the tables for a number of positions.
  static func byteCount(_ spec: ModelSpec, positions: Int) -> Int {
    let keys = Set(
      spec.blocks.compactMap { block in
        block.attention.rope.map { Key(rope: $0, headDimension: block.attention.headDimension) }
      })
    return keys.reduce(0) { $0 + 4 * positions * $1.headDimension }
  }
}

/// The rotary tables of a model's blocks, one for all blocks that rotate alike.
struct RotaryTables: Sendable {
  private var tables: [RotaryTable] = []
  /// For each block the place of its table; nil for one that does not rotate.
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

  /// Makes the tables long enough for `count` positions.
  mutating func extend(to count: Int) {
    for index in tables.indices { tables[index].extend(to: count) }
  }

  /// Bytes of the tables for so many positions.
  static func byteCount(_ spec: ModelSpec, positions: Int) -> Int {
    let keys = Set(
      spec.blocks.compactMap { block in
        block.attention.rope.map { Key(rope: $0, headDimension: block.attention.headDimension) }
      })
    return keys.reduce(0) { $0 + 4 * positions * $1.headDimension }
  }
}

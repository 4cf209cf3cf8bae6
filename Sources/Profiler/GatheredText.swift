/// The rows of a text that is still on its way through the blocks.
struct GatheredText {
  private(set) var tokens = 0
  private(set) var all: [BlockMetrics] = []
  private(set) var withoutFirstToken: [BlockMetrics] = []
  private(set) var nonFinite: [NonFinite] = []
  /// By position.
  private(set) var sinks: [Int: SinkToken] = [:]
  private(set) var massive: [MassiveActivation] = []
  private(set) var massiveCount = 0
  /// Position of the first token, and elements of a row.
  private var start = 0, width = 0
  /// Block by block what each token contributes; nothing from where the model's values broke down.
  private var values: [[TokenValues]] = []

  /// Takes in the next block.
  mutating func add(_ measurement: BlockMeasurement) {
    all.append(measurement.all)
    if let tail = measurement.withoutFirstToken { withoutFirstToken.append(tail) }
    if let finding = measurement.nonFinite { nonFinite.append(finding) }
    values.append(measurement.tokens)
    width = measurement.width
    guard let found = measurement.massive, found.count > 0 else { return }
    massive += found.coordinates.prefix(MassiveActivation.limit - massive.count)
    massiveCount += found.count
    for largest in found.largest {
      let sink = SinkToken(firstLayer: largest.layer, largest: largest)
      sinks[largest.position, default: sink].add(largest)
    }
  }

  /// Whether the model's values broke down at an earlier block, which no later block undoes.
  var isBroken: Bool { nonFinite.last?.cause == .values }

  /// Takes in a block after the model's values broke down.
  mutating func addUndefined() {
    all.append(.undefined)
    if tokens > 1 { withoutFirstToken.append(.undefined) }
    values.append([])
  }

  /// The rows over the tokens that are no sinks, once the text has been through its last block: the tokens are added up anew,
  /// in the same order, because taking the sinks off a sum would lose all digits that they have more than the others.
  var withoutSinks: [BlockMetrics] {
    guard sinks.count < tokens else { return [] }
    // Without sinks, and where the first token is the only one, the sums are there.
    let known = sinks.isEmpty ? all : sinks.count == 1 && sinks[0] != nil ? withoutFirstToken : nil
    let rows =
      known
      ?? values.map { values in
        var sums = BlockSums(width: width)
        for (place, token) in values.enumerated() where sinks[start + place] == nil { sums.add(token) }
        return sums.rows == 0 ? .undefined : sums.metrics
      }
    return rows.map { row in
      var row = row
      row.spectrum = nil
      return row
    }
  }

  /// Makes room for another text in the same storage.
  mutating func reset(positions: Range<Int>) {
    tokens = positions.count
    start = positions.lowerBound
    all.removeAll(keepingCapacity: true)
    withoutFirstToken.removeAll(keepingCapacity: true)
    nonFinite.removeAll()
    release()
  }

  /// Gives up what only the rows without sinks were made of.
  mutating func release() {
    values.removeAll()
    sinks.removeAll()
    massive.removeAll()
    massiveCount = 0
  }
}

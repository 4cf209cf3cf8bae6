/// The rows of a text that has not yet passed through all blocks.
struct PartialTextProfile {
  private(set) var tokens = 0
  private(set) var all: [BlockMetrics] = []
  private(set) var withoutFirstToken: [BlockMetrics] = []
  private(set) var nonFinite: [NonFinite] = []
  /// Sinks by position.
  private(set) var sinks: [Int: SinkToken] = [:]
  private(set) var massive: [MassiveActivation] = []
  private(set) var massiveCount = 0
  /// Position of the first token.
  private var start = 0
  /// Numbers of each token, block by block; nil from the block on at which the model's values are not finite.
  private var values: [TokenValues?] = []

  /// Adds the measurement of the next block.
  mutating func add(_ measurement: BlockMeasurement) {
    all.append(measurement.all)
    if let tail = measurement.withoutFirstToken { withoutFirstToken.append(tail) }
    if let finding = measurement.nonFinite { nonFinite.append(finding) }
    values.append(measurement.tokens)
    guard let found = measurement.massive, found.count > 0 else { return }
    massive += found.coordinates.prefix(MassiveActivation.limit - massive.count)
    massiveCount += found.count
    for largest in found.largest {
      let sink = SinkToken(firstLayer: largest.layer, largest: largest)
      sinks[largest.position, default: sink].add(largest)
    }
  }

  /// True if the model's values were not finite at an earlier block, which no later block reverts.
  var isBroken: Bool { nonFinite.last?.cause == .values }

  /// Adds a block after one with non-finite model values.
  mutating func addUndefined() {
    all.append(.undefined)
    if tokens > 1 { withoutFirstToken.append(.undefined) }
    values.append(nil)
  }

  /// Rows over the tokens that are not sinks, once the text has passed through its last block. The tokens are summed
  /// again in the same order, because subtracting the sinks from a sum would cancel most of its digits.
  var withoutSinks: [BlockMetrics] {
    guard sinks.count < tokens else { return [] }
    // Without sinks, or if the first token is the only one, the sums are already known.
    let known = sinks.isEmpty ? all : sinks.count == 1 && sinks[0] != nil ? withoutFirstToken : nil
    let chosen = (0..<tokens).filter { sinks[start + $0] == nil }
    let rows = known ?? values.map { $0?.metrics(of: chosen) ?? .undefined }
    return rows.map { row in
      var row = row
      row.clear(.withoutSinks)
      return row
    }
  }

  /// Sums over the positions of each bucket; nil if the model's values are not finite at some block.
  func positions(_ metrics: [Metric]) -> PositionSums? {
    let known = values.compactMap(\.self)
    guard start == 0, known.count == values.count else { return nil }
    return PositionSums(known, metrics: metrics, sinks: sinks.keys.sorted())
  }

  /// Prepares the storage for another text.
  mutating func reset(positions: Range<Int>) {
    tokens = positions.count
    start = positions.lowerBound
    all.removeAll(keepingCapacity: true)
    withoutFirstToken.removeAll(keepingCapacity: true)
    nonFinite.removeAll()
    release()
  }

  /// Frees the data needed only for the rows without sinks.
  mutating func release() {
    values.removeAll()
    sinks.removeAll()
    massive.removeAll()
    massiveCount = 0
  }
}

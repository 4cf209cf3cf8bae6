/// Contiguous blocks, from the first of the metric on, and the sum of their t.
struct BandOfBlocks {
  var blocks: ClosedRange<Int>
  var mass: Double

  /// The bands of a metric's t: neighbours of one sign that belong to one.
  static func find(_ t: [Double], belongs: (_ block: Int, _ t: Double) -> Bool) -> [BandOfBlocks] {
    var found: [BandOfBlocks] = []
    var open = false
    for (block, value) in t.enumerated() {
      guard belongs(block, value) else {
        open = false
        continue
      }
      if open, let last = found.last, (last.mass > 0) == (value > 0) {
        found[found.count - 1] = BandOfBlocks(
          blocks: last.blocks.lowerBound...block, mass: last.mass + value)
      } else {
        found.append(BandOfBlocks(blocks: block...block, mass: value))
      }
      open = true
    }
    return found
  }
}

/// How many deals of the texts are at least as extreme as the one that was found.
struct DealCounts {
  /// What a deal reaches counts as equal where it falls short by rounding only: deals that are mirror images do.
  static let slack = 1 - 1e-10

  /// Of each column, by itself and by the largest t of its metric's blocks.
  private(set) var single: [Int], maximum: [Int]
  /// For each metric, band by band.
  private(set) var bands: [[Int]]

  init(columns: Int, bands: [[BandOfBlocks]]) {
    single = [Int](repeating: 0, count: columns)
    maximum = single
    self.bands = bands.map { $0.map { _ in 0 } }
  }

  mutating func add(_ other: DealCounts) {
    for column in single.indices {
      single[column] += other.single[column]
      maximum[column] += other.maximum[column]
    }
    for metric in bands.indices {
      for index in bands[metric].indices { bands[metric][index] += other.bands[metric][index] }
    }
  }

  /// Counts what one deal's t of a metric reach.
  ///
  /// - Parameters:
  ///   - t: of all columns.
  ///   - columns: those of the metric.
  ///   - observed: |t| of each column as it was found, less the slack.
  ///   - found: the metric's bands.
  ///   - belongs: whether a block belongs to a band.
  @inline(__always) mutating func add(
    _ t: [Double], _ columns: Range<Int>, _ observed: [Double], _ found: [BandOfBlocks], metric: Int,
    belongs: (_ column: Int, _ t: Double) -> Bool
  ) {
    var largest = 0.0
    var mass = 0.0
    var largestMass = 0.0
    for column in columns {
      let value = t[column]
      let size = abs(value)
      if size >= observed[column] { single[column] += 1 }
      largest = max(largest, size)
      if belongs(column, value) {
        mass = mass * value > 0 ? mass + value : value
        largestMass = max(largestMass, abs(mass))
      } else {
        mass = 0
      }
    }
    for column in columns where largest >= observed[column] { maximum[column] += 1 }
    for (index, found) in found.enumerated() where largestMass >= abs(found.mass) * Self.slack {
      bands[metric][index] += 1
    }
  }

  /// The p of each count.
  func p(_ share: (Int) -> Double) -> DealChances {
    DealChances(single: single.map(share), maximum: maximum.map(share), bands: bands.map { $0.map(share) })
  }
}

/// For each column the p of its own t, and against the largest of its metric's blocks; for each metric those of its bands.
struct DealChances {
  var single: [Double], maximum: [Double]
  var bands: [[Double]]
}

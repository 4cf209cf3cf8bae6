/// A band of contiguous blocks, numbered within the metric, and the sum of their t.
package struct BandOfBlocks {
  package var blocks: ClosedRange<Int>
  package var mass: Double

  /// Returns the bands of a metric's t: runs of neighbours of one sign for which `belongs` is true.
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

/// Counts of the deals of the texts that are at least as extreme as the observed one.
struct DealCounts {
  /// Relative tolerance for rounding: deals that are mirror images count as equal.
  static let slack = 1 - 1e-10

  /// Counts of each column, for its own t and for the largest t of its metric's blocks.
  private(set) var single: [Int], maximum: [Int]
  /// Counts of each metric, band by band.
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

  /// Adds one deal of a metric to the counts.
  ///
  /// - Parameters:
  ///   - t: t of all columns.
  ///   - columns: columns of the metric.
  ///   - observed: observed |t| of each column, minus the slack.
  ///   - found: observed bands of the metric.
  ///   - belongs: true if a block belongs to a band.
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

  /// Returns the p of each count.
  func p(_ share: (Int) -> Double) -> DealChances {
    DealChances(single: single.map(share), maximum: maximum.map(share), bands: bands.map { $0.map(share) })
  }
}

/// The p of each column for its own t, and for the largest t of its metric's blocks; and the p of each metric's bands.
package struct DealChances {
  package var single: [Double], maximum: [Double]
  package var bands: [[Double]]

  package init(single: [Double], maximum: [Double], bands: [[Double]]) {
    (self.single, self.maximum, self.bands) = (single, maximum, bands)
  }
}

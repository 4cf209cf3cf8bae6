/// A cluster of neighbouring blocks, numbered within the metric, and the sum of their t.
package struct ClusterOfBlocks {
  package var blocks: ClosedRange<Int>
  package var mass: Double

  /// Returns the clusters of a metric's t: runs of neighbours of one sign for which `belongs` is true.
  static func find(_ t: [Double], belongs: (_ block: Int, _ t: Double) -> Bool) -> [ClusterOfBlocks] {
    var found: [ClusterOfBlocks] = []
    var open = false
    for (block, value) in t.enumerated() {
      guard belongs(block, value) else {
        open = false
        continue
      }
      if open, let last = found.last, (last.mass > 0) == (value > 0) {
        found[found.count - 1] = ClusterOfBlocks(
          blocks: last.blocks.lowerBound...block, mass: last.mass + value)
      } else {
        found.append(ClusterOfBlocks(blocks: block...block, mass: value))
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
  /// Counts of each metric, cluster by cluster.
  private(set) var clusters: [[Int]]

  init(columns: Int, clusters: [[ClusterOfBlocks]]) {
    single = [Int](repeating: 0, count: columns)
    maximum = single
    self.clusters = clusters.map { $0.map { _ in 0 } }
  }

  mutating func add(_ other: DealCounts) {
    for column in single.indices {
      single[column] += other.single[column]
      maximum[column] += other.maximum[column]
    }
    for metric in clusters.indices {
      for index in clusters[metric].indices { clusters[metric][index] += other.clusters[metric][index] }
    }
  }

  /// Adds one deal of a metric to the counts.
  ///
  /// - Parameters:
  ///   - t: t of all columns.
  ///   - columns: columns of the metric.
  ///   - observed: observed |t| of each column, minus the slack.
  ///   - found: observed clusters of the metric.
  ///   - belongs: true if a block belongs to a cluster.
  @inline(__always) mutating func add(
    _ t: [Double], _ columns: Range<Int>, _ observed: [Double], _ found: [ClusterOfBlocks], metric: Int,
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
      clusters[metric][index] += 1
    }
  }

  /// Returns the p of each count.
  func p(_ share: (Int) -> Double) -> DealChances {
    DealChances(single: single.map(share), maximum: maximum.map(share), clusters: clusters.map { $0.map(share) })
  }
}

/// The p of each column for its own t, and for the largest t of its metric's blocks; and the p of each metric's
/// clusters.
package struct DealChances {
  package var single: [Double], maximum: [Double]
  package var clusters: [[Double]]

  package init(single: [Double], maximum: [Double], clusters: [[Double]]) {
    (self.single, self.maximum, self.clusters) = (single, maximum, clusters)
  }
}

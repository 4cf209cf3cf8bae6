import Foundations

/// Distances between domains in the shape of their profiles, the tree that they make, and how sure both are.
///
/// Texts' log profiles are taken less their own means, and averaged over the texts of a group, then over the groups of a
/// domain. A distance is the root mean square over blocks of the difference of two such means, from which the sampling
/// variance is subtracted, since means of the same texts drawn anew would differ too; 0 where it is less. Of logarithms:
/// 0.03 is a typical difference of 3 %.
package struct ShapeDistances: Sendable {
  /// `[domain][domain]`, symmetric; NaN if a domain has one group, whose variance is unknown.
  package let distances: [[Double]]
  /// 95 % percentile bootstrap intervals over groups, `[domain][domain]`.
  package let intervals: [[ClosedRange<Double>?]]
  package let tree: Dendrogram
  /// Share of the draws whose tree has that very clade, for each merge of the tree; not counted is one that is no nearer
  /// to each other than to what joins it next.
  package let supports: [Double]
  /// Share of the draws in which each domain is the farthest on average from the others.
  package let farthestShares: [Double]
  /// Each domain's mean profile less the mean of those of the others, `[domain][block]`, of logarithms.
  package let contrasts: [[Double]]
  package let resamples: Int

  /// - Parameters:
  ///   - profiles: logarithms, less their means; two groups at least in every domain.
  ///   - resamples: number of draws of groups.
  ///   - seed: the same seed and profiles give the same bits.
  ///   - workers: threads.
  package init(_ profiles: GroupedProfiles, resamples: Int = 1_000, seed: UInt64, _ workers: Workers) {
    let table = UnitTable(profiles)
    let observed = table.distances(Array(repeating: 1, count: profiles.groups), variances: 1)
    let tree = Dendrogram(observed)
    let draws = GroupDraws(profiles, seed: seed, purpose: .clades)
    let drawn = workers.map(resamples) { draw in
      // Means of drawn groups scatter twice: as the groups do, and as draws of them do.
      let distances = table.distances(draws.times(draw), variances: 2)
      let clades = Set(Dendrogram(distances).distinctClades(by: Self.least))
      return (
        distances: distances, clades: tree.merges.map { clades.contains($0.clade) }, farthest: Self.farthest(distances)
      )
    }
    distances = observed
    self.tree = tree
    self.resamples = resamples
    supports = tree.merges.indices.map { place in
      Double(drawn.count { $0.clades[place] }) / Double(max(1, resamples))
    }
    farthestShares = observed.indices.map { domain in
      Double(drawn.count { $0.farthest == domain }) / Double(max(1, resamples))
    }
    intervals = observed.indices.map { first in
      observed.indices.map { second in
        let found = drawn.map { $0.distances[first][second] }.sorted()
        guard first != second, let last = found.last, last.isFinite else { return nil }
        let low = Quantile.of(found, 0.5 * (1 - Bootstrap.level))
        return low...max(low, Quantile.of(found, 0.5 * (1 + Bootstrap.level)))
      }
    }
    contrasts = table.means.indices.map { domain in
      let others = table.means.indices.filter { $0 != domain }
      return (0..<profiles.width).map { column in
        table.means[domain][column] - GroupedProfiles.mean(others.map { table.means[$0][column] })
      }
    }
  }

  /// Domain that is farthest on average from the others; the first if none is.
  package var farthest: Int { Self.farthest(distances) ?? 0 }

  /// Difference of logarithms that is rounding.
  private static let least = 1e-9

  private static func farthest(_ distances: [[Double]]) -> Int? {
    let sums = distances.map { $0.reduce(0, +) }
    guard let most = sums.indices.max(by: { sums[$0] < sums[$1] }) else { return nil }
    return sums.indices.allSatisfy { $0 == most || sums[most] - sums[$0] > least } ? most : nil
  }
}

/// Units of grouped profiles about the means of their domains.
private struct UnitTable {
  /// Mean profile of each domain.
  let means: [[Double]]
  /// Rows of the units less their domain's mean, by domain.
  private let rows: [[(group: Int, row: [Double], square: Double)]]
  /// Units of the same group in two domains, by the pair of domains: places in ``rows``.
  private let shared: [[[(first: Int, second: Int)]]]
  private let width: Int

  init(_ profiles: GroupedProfiles) {
    width = profiles.width
    let count = profiles.domains
    var units = Array(repeating: [GroupedProfiles.Unit](), count: count)
    for unit in profiles.units { units[unit.domain].append(unit) }
    let columns = 0..<profiles.width
    let means = units.map { units in columns.map { column in GroupedProfiles.mean(units.map { $0.mean[column] }) } }
    self.means = means
    rows = zip(units, means).map { units, mean in
      units.map { unit in
        let row = zip(unit.mean, mean).map { $0 - $1 }
        return (unit.group, row, row.reduce(0) { $0 + $1 * $1 })
      }
    }
    let places = units.map { units in
      Dictionary(uniqueKeysWithValues: units.enumerated().map { ($0.element.group, $0.offset) })
    }
    shared = (0..<count).map { first in
      (0..<count).map { second in
        guard first < second else { return [] }
        return units[first].enumerated().compactMap { place, unit in
          places[second][unit.group].map { (place, $0) }
        }
      }
    }
  }

  /// Returns the distances with each group counted a number of times.
  ///
  /// - Parameters:
  ///   - times: number of times, by group.
  ///   - variances: how often the sampling variance is subtracted.
  func distances(_ times: [Double], variances: Double) -> [[Double]] {
    let sums = rows.map { rows -> (count: Double, shift: [Double], scatter: Double) in
      var (count, squares) = (0.0, 0.0)
      var shift = Array(repeating: 0.0, count: width)
      for unit in rows where times[unit.group] > 0 {
        let weight = times[unit.group]
        count += weight
        squares += weight * unit.square
        for column in 0..<width { shift[column] += weight * unit.row[column] }
      }
      for column in 0..<width { shift[column] /= count }
      // The sum over blocks of squared distances from the drawn mean.
      return (count, shift, squares - count * shift.reduce(0) { $0 + $1 * $1 })
    }
    var result = Array(repeating: Array(repeating: 0.0, count: rows.count), count: rows.count)
    for first in rows.indices {
      for second in rows.indices.dropFirst(first + 1) {
        let (a, b) = (sums[first], sums[second])
        var square = 0.0
        for column in 0..<width {
          let difference = means[first][column] + a.shift[column] - means[second][column] - b.shift[column]
          square += difference * difference
        }
        var variance = a.scatter / ((a.count - 1) * a.count) + b.scatter / ((b.count - 1) * b.count)
        var common = 0.0
        for pair in shared[first][second] {
          let (own, other) = (rows[first][pair.first], rows[second][pair.second])
          let weight = times[own.group]
          guard weight > 0 else { continue }
          for column in 0..<width {
            common += weight * (own.row[column] - a.shift[column]) * (other.row[column] - b.shift[column])
          }
        }
        // Means of domains with common groups vary together.
        variance -= 2 * common / (((a.count - 1) * (b.count - 1)).squareRoot() * (a.count * b.count).squareRoot())
        let left = (square - variances * variance) / Double(width)
        let distance = left.isNaN ? Double.nan : max(0, left).squareRoot()
        (result[first][second], result[second][first]) = (distance, distance)
      }
    }
    return result
  }
}

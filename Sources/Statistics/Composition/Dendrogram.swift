/// Tree of domains by average linkage (Sokal & Michener 1958): the two clusters whose domains are nearest on average are
/// joined, until one is left. Of equal distances, the clusters that are first are joined.
package struct Dendrogram: Sendable {
  /// Two clusters that are joined.
  package struct Merge: Sendable {
    /// Places of the two: domains, from 0, then merges in their order, from the number of domains.
    package let first: Int, second: Int
    /// Mean distance between the domains of the one and those of the other.
    package let height: Double
    /// Domains of both, ascending: a clade.
    package let clade: [Int]
  }

  /// Merges in ascending order of height, one fewer than domains.
  package let merges: [Merge]
  /// Number of domains.
  package let domains: Int

  /// - Parameter distances: symmetric `[domain][domain]`.
  package init(_ distances: [[Double]]) {
    domains = distances.count
    var distances = distances
    // Clusters in the order of their first domains: place among the merges, and domains.
    var clusters = distances.indices.map { (place: $0, clade: [$0]) }
    var merges: [Merge] = []
    while clusters.count > 1 {
      var best = (first: 0, second: 1)
      for first in clusters.indices {
        for second in clusters.indices.dropFirst(first + 1)
        where distances[first][second] < distances[best.first][best.second] { best = (first, second) }
      }
      let (first, second) = best
      let sizes = (Double(clusters[first].clade.count), Double(clusters[second].clade.count))
      let clade = (clusters[first].clade + clusters[second].clade).sorted()
      merges.append(
        Merge(
          first: clusters[first].place, second: clusters[second].place, height: distances[first][second],
          clade: clade))
      for other in clusters.indices where other != first && other != second {
        let mean =
          (sizes.0 * distances[first][other] + sizes.1 * distances[second][other]) / (sizes.0 + sizes.1)
        (distances[first][other], distances[other][first]) = (mean, mean)
      }
      clusters[first] = (domains + merges.count - 1, clade)
      clusters.remove(at: second)
      distances.remove(at: second)
      for row in distances.indices { distances[row].remove(at: second) }
    }
    self.merges = merges
  }

  /// Returns the clades whose domains are nearer to each other than to the cluster that they are joined with next, by
  /// more than a distance; and that of all domains.
  func distinctClades(by least: Double) -> [[Int]] {
    var parents = merges.map { _ in Double.infinity }
    for merge in merges {
      for child in [merge.first, merge.second] where child >= domains { parents[child - domains] = merge.height }
    }
    return zip(merges, parents).filter { $1 - $0.height > least }.map(\.0.clade)
  }

  /// Domains in an order in which no two lines of the tree cross.
  package var order: [Int] {
    func leaves(_ place: Int) -> [Int] {
      place < domains ? [place] : leaves(merges[place - domains].first) + leaves(merges[place - domains].second)
    }
    return domains == 0 ? [] : leaves(domains + merges.count - 1)
  }
}

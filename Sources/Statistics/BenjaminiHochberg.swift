/// Control of the false discovery rate after Benjamini & Hochberg (1995).
package enum BenjaminiHochberg {
  /// Returns the q-value of each p: `min over j ≥ i of p_(j) m / j`, with the p sorted and `m` their number, at most 1.
  /// A NaN is not a test: it does not count, and its q is NaN.
  package static func adjust(_ p: [Double]) -> [Double] {
    let order = p.indices.filter { !p[$0].isNaN }.sorted { (p[$0], $0) < (p[$1], $1) }
    var q = [Double](repeating: .nan, count: p.count)
    var least = 1.0
    for (rank, index) in order.enumerated().reversed() {
      least = min(least, p[index] * Double(order.count) / Double(rank + 1))
      q[index] = least
    }
    return q
  }
}

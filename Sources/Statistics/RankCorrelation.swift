/// Correlations of the ranks of paired values: agreement in order, whatever the scales.
///
/// NaN if a value is NaN, if all values of a side are equal, and for fewer than two pairs.
package enum RankCorrelation {
  /// Returns the ranks from 1 on, equal values sharing the mean of their ranks; all NaN if a value is NaN.
  package static func ranks(_ values: [Double]) -> [Double] {
    var ranks = [Double](repeating: .nan, count: values.count)
    guard !values.contains(where: \.isNaN) else { return ranks }
    let order = values.indices.sorted { values[$0] < values[$1] }
    var first = 0
    while first < order.count {
      var end = first + 1
      while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
      // The mean of first + 1 … end.
      for place in first..<end { ranks[order[place]] = 0.5 * Double(first + 1 + end) }
      first = end
    }
    return ranks
  }

  /// Returns Spearman's rho: Pearson's correlation of the ranks, which is right with ties too (Kendall & Gibbons 1990).
  ///
  /// - Precondition: `x` and `y` have the same count.
  package static func spearman(_ x: [Double], _ y: [Double]) -> Double { pearson(ofRanks: ranks(x), ranks(y)) }

  /// Returns the correlation of ranks, whose mean is known.
  static func pearson(ofRanks x: [Double], _ y: [Double]) -> Double {
    precondition(x.count == y.count, "ranks in pairs")
    let mean = 0.5 * Double(x.count + 1)
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (x, y) in zip(x, y) {
      xx += (x - mean) * (x - mean)
      yy += (y - mean) * (y - mean)
      xy += (x - mean) * (y - mean)
    }
    // 0/0 without scatter.
    return xy / (xx * yy).squareRoot()
  }

  /// Returns Kendall's tau-b: `(C - D) / √((P - P_x) (P - P_y))` with `C` and `D` the concordant and the discordant of
  /// the `P` pairs of items, `P_x` and `P_y` the pairs tied in one (Kendall 1945). Takes time quadratic in the count.
  ///
  /// - Precondition: `x` and `y` have the same count.
  package static func kendall(_ x: [Double], _ y: [Double]) -> Double {
    precondition(x.count == y.count, "values in pairs")
    guard !x.contains(where: \.isNaN), !y.contains(where: \.isNaN) else { return .nan }
    var (balance, untiedX, untiedY) = (0, 0, 0)
    for first in x.indices {
      for second in x.indices.dropFirst(first + 1) {
        let (signX, signY) = (sign(x[first], x[second]), sign(y[first], y[second]))
        balance += signX * signY
        untiedX += abs(signX)
        untiedY += abs(signY)
      }
    }
    return Double(balance) / (Double(untiedX) * Double(untiedY)).squareRoot()
  }

  private static func sign(_ a: Double, _ b: Double) -> Int { a < b ? 1 : a > b ? -1 : 0 }
}

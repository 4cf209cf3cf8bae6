import Foundation

/// Number of directions of a block's Δ, from its singular values: the metrics of ``Metric/Group/spectrum``. All are
/// `nan` for a Δ of zeros.
struct BlockSpectrum: Equatable, Sendable {
  let effectiveRank: Double
  let stableRank: Double
  let topDirectionShare: Double

  init(effectiveRank: Double, stableRank: Double, topDirectionShare: Double) {
    self.effectiveRank = effectiveRank
    self.stableRank = stableRank
    self.topDirectionShare = topDirectionShare
  }

  /// True if all three are finite, as they are unless Δ is zero.
  var isFinite: Bool { effectiveRank.isFinite && stableRank.isFinite && topDirectionShare.isFinite }

  /// Creates a spectrum from Δ's singular values, which are non-negative and descending.
  init(singularValues: [Double]) {
    guard let largest = singularValues.first, largest > 0 else {
      self.init(effectiveRank: .nan, stableRank: .nan, topDirectionShare: .nan)
      return
    }
    // Relative to the largest, in ascending order, so that small values are not lost in a large sum.
    let values = singularValues.reversed().map { $0 / largest }
    let sum = values.reduce(0, +)
    let squares = values.reduce(0) { $0 + $1 * $1 }
    var entropy = 0.0
    // Zeros have no logarithm and no weight.
    for value in values where value > 0 { entropy -= value / sum * log(value / sum) }
    self.init(effectiveRank: exp(entropy), stableRank: squares, topDirectionShare: 1 / squares)
  }
}

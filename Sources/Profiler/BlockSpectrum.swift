import Foundation

/// The metrics of ``Metric/spectral``: how many directions a block's Δ has. All are `nan` for a Δ of zeros, which has none.
public struct BlockSpectrum: Equatable, Sendable {
  public var effectiveRank: Double
  public var stableRank: Double
  public var topDirectionShare: Double

  public init(effectiveRank: Double, stableRank: Double, topDirectionShare: Double) {
    self.effectiveRank = effectiveRank
    self.stableRank = stableRank
    self.topDirectionShare = topDirectionShare
  }

  /// Whether all three are finite numbers, as they are unless Δ is zero.
  public var isFinite: Bool { effectiveRank.isFinite && stableRank.isFinite && topDirectionShare.isFinite }

  /// A spectrum from Δ's singular values, which descend and are not negative.
  init(singularValues: [Double]) {
    guard let largest = singularValues.first, largest > 0 else {
      self.init(effectiveRank: .nan, stableRank: .nan, topDirectionShare: .nan)
      return
    }
    // Relative to the largest, and the small ones first, which would be lost in a sum that is large already.
    let values = singularValues.reversed().map { $0 / largest }
    let sum = values.reduce(0, +)
    let squares = values.reduce(0) { $0 + $1 * $1 }
    var entropy = 0.0
    // What is zero has no logarithm and no weight.
    for value in values where value > 0 { entropy -= value / sum * log(value / sum) }
    self.init(effectiveRank: exp(entropy), stableRank: squares, topDirectionShare: 1 / squares)
  }
}

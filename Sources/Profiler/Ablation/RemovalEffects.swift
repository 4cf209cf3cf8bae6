public import LlamaCore
public import Statistics

/// Effects of the removals on later blocks, means over a domain's texts, added text by text: no text's effects need to
/// be kept.
public struct RemovalEffects: Sendable {
  /// The effect of one removal on one block.
  public struct Row: Sendable, Equatable {
    public let unit: BlockUnit
    /// 0-based index of the block whose contribution changes.
    public let at: Int
    /// Statistics over texts of the mean and of the maximum over positions, see `RemovalCost.Effect`; texts with a
    /// number that is not finite are left out.
    public let mean, maximum: RunningStatistics
    /// Number of texts left out.
    public let nonFiniteTexts: Int
  }

  /// The sums of one removal at one block.
  private struct Sums {
    var mean = RunningStatistics()
    var maximum = RunningStatistics()
    var nonFiniteTexts = 0
  }

  public let domain: String
  public let units: [BlockUnit]
  /// `[unit][block]`; nil where no text has an effect.
  private var sums: [[Sums?]]

  public init(domain: String, units: [BlockUnit]) {
    (self.domain, self.units) = (domain, units)
    sums = units.map { _ in [] }
  }

  /// Adds a text; texts are added in the order of the corpus, on which the last bits depend.
  ///
  /// - Precondition: the text has a cost for each unit.
  public mutating func add(_ text: AblationText) {
    precondition(text.costs.count == units.count, "a text without the costs of every unit")
    for (unit, cost) in text.costs.enumerated() {
      for (at, effect) in cost.effects.enumerated() {
        if at == sums[unit].count { sums[unit].append(nil) }
        guard let effect else { continue }
        var sum = sums[unit][at] ?? Sums()
        if effect.mean.isFinite, effect.maximum.isFinite {
          sum.mean.add(effect.mean)
          sum.maximum.add(effect.maximum)
        } else {
          sum.nonFiniteTexts += 1
        }
        sums[unit][at] = sum
      }
    }
  }

  /// Rows by unit and block; none if effects were not measured.
  public var rows: [Row] {
    zip(units, sums).flatMap { unit, sums in
      sums.enumerated().compactMap { at, sum in
        sum.map {
          Row(unit: unit, at: at, mean: $0.mean, maximum: $0.maximum, nonFiniteTexts: $0.nonFiniteTexts)
        }
      }
    }
  }
}

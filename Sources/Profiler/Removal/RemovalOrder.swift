import Foundations
import LlamaCore
import Statistics

/// Orders in which units are removed.
enum RemovalOrder {
  /// Returns what is removed after each step of an order: of units that an earlier one contains nothing is left to remove,
  /// and they are no step.
  ///
  /// - Parameters:
  ///   - order: units in their order.
  ///   - count: number of steps; fewer where the order ends.
  static func steps(
    _ order: [BlockUnit], count: Int, keepsFirst: Bool
  ) -> [(unit: BlockUnit, removed: Removal)] {
    var steps: [(unit: BlockUnit, removed: Removal)] = []
    var removed: Removal?
    for unit in order where steps.count < count {
      guard let next = adding(unit, to: removed, keepsFirst: keepsFirst) else { continue }
      steps.append((unit, next))
      removed = next
    }
    return steps
  }

  /// Returns a removal with one unit more; nil if the unit is removed already, as a block is whose parts are.
  static func adding(_ unit: BlockUnit, to removed: Removal?, keepsFirst: Bool) -> Removal? {
    let gone = Set(removed?.units ?? [])
    let parts = [BlockUnit(.attention, unit.layer), BlockUnit(.mlp, unit.layer)]
    let isGone =
      gone.contains(unit) || gone.contains(BlockUnit(.block, unit.layer))
      || unit.part == .block && gone.isSuperset(of: parts)
    return isGone ? nil : Removal([unit], keepsFirst: keepsFirst).union(removed)
  }

  /// Returns the units from the last block but one downwards, of a block the largest part first.
  static func last(_ units: [BlockUnit], layers: Int) -> [BlockUnit] {
    units.filter { $0.layer < layers - 1 }.sorted { ($1.layer, $0) < ($0.layer, $1) }
  }

  /// Returns the units in random orders, each equally likely.
  static func random(_ units: [BlockUnit], orders: Int, seed: UInt64) -> [[BlockUnit]] {
    (0..<orders).map { index in
      var order = units
      var generator = SplitMix64(seed: seed, purpose: .orders, index: index)
      generator.shuffle(&order, choosing: order.count)
      return order
    }
  }

  /// Returns the units by a value of each, the smallest first and the earlier unit first among equals; without those
  /// whose value is not a number.
  static func ascending(_ units: [BlockUnit], by values: [Double]) -> [BlockUnit] {
    zip(values, units.indices).filter { !$0.0.isNaN }.sorted(by: <).map { units[$0.1] }
  }
}

import Foundation
import Profiler

/// The values of an axis: its range, its ticks and their labels.
package struct AxisScale {
  package let lowest: Double
  package let highest: Double
  package let ticks: [Double]
  package let isLogarithmic: Bool
  /// The labels of a linear axis are to be multiplied by ten to this power, which is 0 for most.
  let exponent: Int
  private let decimals: Int

  /// A linear axis over `values`, from one round number to another.
  package init(linear values: [Double], includesZero: Bool) {
    // Far beyond any model's numbers; keeps the arithmetic finite.
    let values = (values + (includesZero ? [0] : [])).map { max(-1e300, min(1e300, $0)) }
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    if high - low <= 1e-9 * max(abs(low), abs(high)) {
      let room = low == 0 ? 1 : abs(low) * 0.1
      (low, high) = (includesZero && low == 0 ? 0 : low - room, high + room)
    }
    let step = Self.step((high - low) / 5)
    let first = (low / step + 1e-9).rounded(.down)
    let last = (high / step - 1e-9).rounded(.up)
    let count = Int(max(1, min(20, last - first)))
    ticks = (0...count).map { (first + Double($0)) * step }
    lowest = first * step
    highest = (first + Double(count)) * step
    let size = Self.exponent(max(abs(lowest), abs(highest)))
    exponent = (-3...4).contains(size) ? 0 : size
    decimals = max(0, exponent - Self.exponent(step))
    isLogarithmic = false
  }

  /// A logarithmic axis over positive values.
  package init(logarithmic values: [Double]) {
    let values = values.map { max(1e-300, min(1e300, $0)) }
    let low = log10(values.min() ?? 1) - 0.05
    let high = log10(values.max() ?? 10) + 0.05
    let decades = high - low
    let every = max(1, Int((decades / 8).rounded(.up)))
    var ticks: [Double] = []
    for decade in Int(low.rounded(.down))...Int(high.rounded(.up)) where decade % every == 0 {
      for factor in decades < 2.2 ? [1.0, 2, 5] : [1] { ticks.append(factor * pow(10, Double(decade))) }
    }
    let range = pow(10, low)...pow(10, high)
    lowest = range.lowerBound
    highest = range.upperBound
    self.ticks = ticks.filter(range.contains)
    isLogarithmic = true
    exponent = 0
    decimals = 0
  }

  /// Whether values span decades, so that a linear axis would show the largest and press the others flat: all are positive,
  /// and the largest is more than thirty times the 5th percentile. A lone small one does not count, since it would press
  /// the others flat on a logarithmic axis.
  package static func spansDecades(_ values: [Double]) -> Bool {
    guard let low = values.min(), let high = values.max(), low > 0, high.isFinite else { return false }
    return high > 30 * Quantile.of(values.sorted(), 0.05)
  }

  /// Where a value lies, from 0 to 1.
  package func fraction(_ value: Double) -> Double {
    guard isLogarithmic else { return (value - lowest) / (highest - lowest) }
    return (log10(max(value, lowest)) - log10(lowest)) / (log10(highest) - log10(lowest))
  }

  /// The label of a tick.
  package func label(_ tick: Double) -> String {
    if isLogarithmic {
      let exponent = Self.exponent(tick)
      guard !(-3...4).contains(exponent) else { return Self.plain(tick, decimals: max(0, -exponent)) }
      let factor = Int((tick / pow(10, Double(exponent))).rounded())
      return (factor == 1 ? "" : "\(factor)·") + Self.power(exponent)
    }
    return Self.plain(tick / pow(10, Double(exponent)), decimals: decimals)
  }

  /// What is to be said behind the unit: ` × 10⁻⁵`, or nothing.
  package var factor: String { exponent == 0 ? "" : " × \(Self.power(exponent))" }

  /// What is to be said behind the unit: the factor, and that the axis is logarithmic.
  package var note: String { factor + (isLogarithmic ? ", log scale" : "") }

  /// `10⁻⁵`.
  static func power(_ exponent: Int) -> String {
    let digits: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]
    return "10" + String(String(exponent).map { digits[$0] ?? $0 })
  }

  private static func plain(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value)
    return text.hasPrefix("-") ? (Double(text) == 0 ? String(text.dropFirst()) : "−" + text.dropFirst()) : text
  }

  /// The power of ten of a value's first digit.
  private static func exponent(_ value: Double) -> Int {
    value == 0 ? 0 : Int((log10(abs(value)) + 1e-9).rounded(.down))
  }

  /// The next round number of 1, 2 or 5.
  private static func step(_ rough: Double) -> Double {
    let power = pow(10, Double(exponent(rough)))
    let factor = rough / power
    return (factor <= 1.001 ? 1 : factor <= 2.002 ? 2 : factor <= 5.005 ? 5 : 10) * power
  }
}

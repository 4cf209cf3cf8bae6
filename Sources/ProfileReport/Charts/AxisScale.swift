import Foundation
import Profiler
import Statistics

/// Range, ticks and tick labels of an axis.
package struct AxisScale {
  package let lowest: Double
  package let highest: Double
  package let ticks: [Double]
  package let isLogarithmic: Bool
  /// Value up to which a logarithmic axis is linear on both sides of 0; nil for one over positive values, and for a linear
  /// axis.
  package let linearWithin: Double?
  /// Power of ten that the labels of a linear axis are to be multiplied by; usually 0.
  let exponent: Int
  private let decimals: Int

  /// Creates a linear axis over `values` with round numbers as its ends.
  package init(linear values: [Double], includesZero: Bool) {
    // Far beyond the values of any model; keeps the arithmetic finite.
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
    linearWithin = nil
  }

  /// Creates a logarithmic axis over positive values.
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
    linearWithin = nil
    exponent = 0
    decimals = 0
  }

  /// Creates an axis that is linear from `-within` to `within` and logarithmic beyond, over values of both signs; 0 is on it.
  ///
  /// - Parameter within: positive value that takes as much room as a decade.
  package init(logarithmic values: [Double], beyond within: Double) {
    let values = (values + [0]).map { max(-1e300, min(1e300, $0)) }
    func end(_ extreme: Double) -> Double { Self.value(Self.bend(extreme, within) * 1.02, within) }
    lowest = end(values.min() ?? 0)
    highest = max(within, end(values.max() ?? 0))
    let reach = Self.bend(max(highest, -lowest), within)
    let decades = Self.bend(highest, within) - Self.bend(lowest, within)
    let factors = decades < 4.5 ? [1.0, 2, 5] : [1]
    let every = max(1, Int((decades / 8).rounded(.up)))
    var ticks: [Double] = []
    let first = Self.exponent(within)
    for (place, decade) in (first...(first + Int(reach.rounded(.up)))).enumerated() where place % every == 0 {
      for factor in factors { ticks.append(factor * pow(10, Double(decade))) }
    }
    let range = lowest...highest
    // Below the bend only its ends have a label.
    ticks = ticks.filter { $0 >= within * (1 - 1e-9) }
    self.ticks = (ticks.map { -$0 }.reversed() + [0] + ticks).filter(range.contains)
    isLogarithmic = true
    linearWithin = within
    exponent = 0
    decimals = 0
  }

  /// Place of a value on an axis that is linear up to `within`, in decades from 0.
  private static func bend(_ value: Double, _ within: Double) -> Double {
    let size = abs(value) / within
    return (size <= 1 ? size : 1 + log10(size)) * (value < 0 ? -1 : 1)
  }

  /// Value at a place, the inverse of ``bend(_:_:)``.
  private static func value(_ place: Double, _ within: Double) -> Double {
    let size = abs(place)
    return within * (size <= 1 ? size : pow(10, size - 1)) * (place < 0 ? -1 : 1)
  }

  /// True if the values span decades, so that a linear axis would flatten all but the largest: all are positive, and
  /// the largest exceeds thirty times the 5th percentile. A single small outlier does not count, since it would flatten
  /// the others on a logarithmic axis.
  package static func spansDecades(_ values: [Double]) -> Bool {
    guard let low = values.min(), let high = values.max(), low > 0, high.isFinite else { return false }
    return high > 30 * Quantile.of(values.sorted(), 0.05)
  }

  /// True if the largest of some values is so far beyond `within` that a linear axis would flatten most of the others.
  package static func spansDecades(_ values: [Double], beyond within: Double) -> Bool {
    let sizes = values.filter(\.isFinite).map(abs).sorted()
    guard let most = sizes.last else { return false }
    return most > 10 * max(within, Quantile.of(sizes, 0.5))
  }

  /// Position of a value along the axis, from 0 to 1.
  package func fraction(_ value: Double) -> Double {
    if let linearWithin {
      let low = Self.bend(lowest, linearWithin)
      return (Self.bend(value, linearWithin) - low) / (Self.bend(highest, linearWithin) - low)
    }
    guard isLogarithmic else { return (value - lowest) / (highest - lowest) }
    return (log10(max(value, lowest)) - log10(lowest)) / (log10(highest) - log10(lowest))
  }

  /// Returns the label of a tick.
  package func label(_ tick: Double) -> String {
    if isLogarithmic {
      if tick <= 0 { return tick == 0 ? "0" : "−" + label(-tick) }
      let exponent = Self.exponent(tick)
      guard !(-3...4).contains(exponent) else { return Self.plain(tick, decimals: max(0, -exponent)) }
      let factor = Int((tick / pow(10, Double(exponent))).rounded())
      return (factor == 1 ? "" : "\(factor)·") + Self.power(exponent)
    }
    return Self.plain(tick / pow(10, Double(exponent)), decimals: decimals)
  }

  /// Suffix of the axis unit, such as ` × 10⁻⁵`; empty if the exponent is 0.
  package var factor: String { exponent == 0 ? "" : " × \(Self.power(exponent))" }

  /// Suffix of the axis unit: the factor, and a remark if the axis is logarithmic.
  package var note: String {
    guard let linearWithin else { return factor + (isLogarithmic ? ", log scale" : "") }
    return ", log scale beyond \(label(linearWithin))"
  }

  /// Power of ten with a superscript exponent: `10⁻⁵`.
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

  /// Decimal exponent of a value's leading digit.
  private static func exponent(_ value: Double) -> Int {
    value == 0 ? 0 : Int((log10(abs(value)) + 1e-9).rounded(.down))
  }

  /// Smallest step of 1, 2 or 5 times a power of ten that is not below `rough`.
  private static func step(_ rough: Double) -> Double {
    let power = pow(10, Double(exponent(rough)))
    let factor = rough / power
    return (factor <= 1.001 ? 1 : factor <= 2.002 ? 2 : factor <= 5.005 ? 5 : 10) * power
  }
}

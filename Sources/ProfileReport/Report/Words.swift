import Foundation
package import LlamaCore
import Profiler

/// Formatting of numbers, blocks and lists in the page's sentences.
package enum Words {
  /// Returns the name of a model or corpus for headings: the last component of the path.
  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Returns blocks as `blocks 0–2 and 5`.
  static func blocks(_ layers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for layer in layers {
      if let last = runs.last, last.upperBound + 1 == layer {
        runs[runs.count - 1] = last.lowerBound...layer
      } else {
        runs.append(layer...layer)
      }
    }
    let names = runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }
    return (layers.count == 1 ? "block " : "blocks ") + list(names)
  }

  /// Returns `every block` if these are all of several blocks, otherwise their numbers.
  static func blocks(_ layers: [Int], of all: Range<Int>) -> String {
    layers.count == all.count && layers.count > 1 ? "every block" : blocks(layers)
  }

  /// Returns parts of a model by kind: `blocks 0–2; attention 3; MLPs 4 and 7`.
  package static func units(_ units: [BlockUnit]) -> String {
    let names = BlockUnit.Part.allCases.compactMap { part -> String? in
      let found = units.filter { $0.part == part }
      let layers = found.map(\.layer)
      guard let first = found.first else { return nil }
      switch part {
      case .block: return blocks(layers)
      case .attention: return "\(found.count == 1 ? "attention" : "attentions") \(blocks(layers).drop { !$0.isNumber })"
      case .mlp: return "\(found.count == 1 ? "MLP" : "MLPs") \(blocks(layers).drop { !$0.isNumber })"
      case .head:
        let heads = found.map { "\($0.layer).\($0.head ?? 0)" }
        return found.count == 1 ? "head \(first.head ?? 0) of block \(first.layer)" : "heads \(list(heads))"
      case .span:
        let spans = found.map { "\($0.layers.lowerBound)–\($0.layers.upperBound - 1)" }
        return "blocks \(list(spans)) in a row"
      }
    }
    return names.joined(separator: "; ")
  }

  /// Returns what is done with a part: `removal`, or `swap` with another checkpoint's.
  static func change(_ ablation: Ablation) -> String { ablation.isSwap ? "swap" : "removal" }

  /// Returns how many of a kind of part: `1 block`, `30 attentions`.
  static func count(_ number: Int, _ part: BlockUnit.Part) -> String {
    TextTable.count(number, part == .mlp ? "MLP" : part.rawValue)
  }

  /// Returns `2nd ` before `least` or `most`; empty for the first.
  package static func ordinal(_ rank: Int) -> String {
    guard rank > 1 else { return "" }
    let end = (11...13).contains(rank % 100) ? "th" : [1: "st", 2: "nd", 3: "rd"][rank % 10] ?? "th"
    return "\(TextTable.count(rank))\(end) "
  }

  /// Returns a number with its interval, as `0.51 (0.42 to 0.6)`.
  static func number(_ value: Double?, _ interval: ClosedRange<Double>?) -> String {
    let ends = interval.map { " (\(number($0.lowerBound)) to \(number($0.upperBound)))" } ?? ""
    return number(value ?? .nan) + ends
  }

  /// Returns `block 3`, or a phrase for a comparison of whole texts.
  static func place(_ block: BlockComparison) -> String { block.layer.map { "block \($0)" } ?? "the text as a whole" }

  /// Returns the 95 % interval of g as `1.9 to 2.7`.
  static func interval(_ block: BlockComparison) -> String { "\(number(block.gLow)) to \(number(block.gHigh))" }

  /// Returns the ratio of means with its interval, as `1.09 (1.04 to 1.14)`, or with `no upper bound`; nil for a metric
  /// that may be negative.
  static func ratio(_ block: BlockComparison) -> String? {
    guard block.ratio.isFinite, !block.ratioLow.isNaN else { return nil }
    func three(_ value: Double) -> String { value < 10 ? String(format: "%.3f", value) : number(value) }
    let ends =
      block.ratioHigh == .infinity
      ? "from \(three(block.ratioLow)), no upper bound" : "\(three(block.ratioLow)) to \(three(block.ratioHigh))"
    return "\(three(block.ratio)) (\(ends))"
  }

  /// Joins names as `a, b and c`.
  static func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Returns a name from a file, escaped and in bold.
  static func strong(_ name: String) -> String { "<b>\(name.markup)</b>" }

  /// Returns a count with its verb, such as `12 comparisons are`.
  static func are(_ count: Int, _ noun: String) -> String {
    "<b>\(TextTable.count(count, noun))</b> \(count == 1 ? "is" : "are")"
  }

  /// Formats a number with three significant digits, for reading: `0.0123`, `12.3`, `1,234`, `1.2 × 10⁻⁵`.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "−∞" : "∞" }
    let sign = value < 0 ? "−" : ""
    let scientific = String(format: "%.2e", abs(value)).split(separator: "e")
    guard value != 0, let mantissa = scientific.first, let exponent = scientific.last.flatMap({ Int($0) }) else {
      return "0"
    }
    if (3...8).contains(exponent) { return sign + TextTable.count(Int(abs(value).rounded())) }
    guard (-4...2).contains(exponent) else { return "\(sign)\(mantissa) × \(AxisScale.power(exponent))" }
    return sign + String(format: "%.\(2 - exponent)f", abs(value))
  }

  /// Formats a p-value without trailing zeros, since one obtained by counting has few digits.
  static func probability(_ p: Double) -> String { number(p).replacing(/(\.\d*?)0+$/) { $0.1 == "." ? "" : $0.1 } }

  /// Formats a number of tokens, or the mean of two.
  static func tokens(_ value: Double) -> String {
    value == value.rounded() ? number(value).replacing(/\.0+$/, with: "") : number(value)
  }

  /// Formats a ratio as `51 % of`, or as `17.5 times` from 2 on.
  static func size(_ ratio: Double) -> String { ratio < 2 ? "\(percent(ratio)) of" : "\(number(ratio)) times" }

  /// Formats a share of 1 as a percentage. A nonzero share is not rounded to 0, nor a partial one to 100.
  package static func percent(_ share: Double?, _ digits: Int = 0) -> String {
    guard let share, share.isFinite else { return "–" }
    let text = String(format: "%.\(digits)f", share * 100)
    let least = pow(10, -Double(digits))
    if share > 0, Double(text) == 0 { return "under \(String(format: "%.\(digits)f", least)) %" }
    if share < 1, Double(text) == 100 { return "over \(String(format: "%.\(digits)f", 100 - least)) %" }
    return "\(text) %"
  }
}

import Foundation

/// Texts that the page shows under the pointer or the keyboard cursor of a chart, made of the numbers that it draws.
struct Tooltip {
  /// Line of a tooltip: a label, and a value of one part or several.
  struct Line {
    /// Label, or one for each column.
    let labels: [String]
    /// Parts of the value by row and column of the chart; a single row stands for all. The page leaves out an empty
    /// part, and a line without any other.
    let parts: [[[String]]]
    /// Text between parts.
    let joiner: String
    /// Text after the value.
    let unit: String

    init(labels: [String], _ parts: [[String]]..., joiner: String = "", unit: String = "") {
      (self.labels, self.parts, self.joiner, self.unit) = (labels, parts, joiner, unit)
    }

    init(_ label: String, _ parts: [[String]]..., joiner: String = "", unit: String = "") {
      (labels, self.parts, self.joiner, self.unit) = ([label], parts, joiner, unit)
    }
  }

  /// Names of the rows and of the columns, for the heading; empty if the heading does not name them.
  var rows: [String] = []
  var columns: [String] = []
  let lines: [Line]
  /// True if a tooltip lists all domains at a column, labelled by name. The rows of the line's parts are then the
  /// domains, and a hidden domain is left out.
  var listsDomains = false
}

/// Numbers as a tooltip shows them, apart from the minus sign, for which the page's script puts the typographic one. A
/// dash stands for a missing number.
package enum TooltipText {
  static let missing = "–"
  /// Unit of a share of resamples in percent.
  static let ofDraws = " % of draws"

  /// Formats a number with `digits` significant digits, without trailing zeros where no exponent is needed.
  package static func number(_ value: Double?, digits: Int = 4) -> String {
    guard let value, value.isFinite else { return missing }
    guard value != 0 else { return "0" }
    let scientific = String(format: "%.\(digits - 1)e", value).split(separator: "e")
    guard scientific.count == 2, let exponent = Int(scientific[1]) else { return missing }
    guard (1e-3..<1e6).contains(abs(value)) else {
      return "\(scientific[0])e\(exponent < 0 ? "" : "+")\(exponent)"
    }
    // Digits and exponent after rounding.
    let rounded = Double("\(scientific[0])e\(exponent)") ?? value
    let text = String(format: "%.\(max(0, digits - 1 - exponent))f", rounded)
    guard text.contains(".") else { return text }
    let end = text.lastIndex { $0 != "0" } ?? text.startIndex
    return String(text[end] == "." ? text[..<end] : text[...end])
  }

  static func numbers(_ values: [[Double?]], digits: Int = 4) -> [[String]] {
    values.map { $0.map { number($0, digits: digits) } }
  }

  /// Formats a share of 1 in percent.
  package static func percent(_ share: Double?) -> String { number(share.map { 100 * $0 }, digits: 3) }

  /// Formats an effect size with two decimals.
  package static func effect(_ value: Double) -> String { decimal(value, places: 2) ?? missing }

  /// Formats a ratio of means with three decimals; nothing for a metric that has none, which the page then leaves out.
  package static func ratio(_ value: Double) -> String {
    value.isNaN ? "" : value == .infinity ? "no bound" : decimal(value, places: 3) ?? missing
  }

  /// Formats a p-value with four decimals.
  package static func probability(_ p: Double) -> String {
    guard let text = decimal(p, places: 4) else { return missing }
    return Double(text) == 0 ? "< 0.0001" : text
  }

  /// Formats a number with fixed decimals; nil if it is not finite or far beyond any use.
  private static func decimal(_ value: Double, places: Int) -> String? {
    guard value.magnitude < 1e7 else { return nil }
    // Rounding that ends at zero has no sign.
    let text = String(format: "%.\(places)f", value)
    return text.hasPrefix("-") && Double(text) == 0 ? String(text.dropFirst()) : text
  }
}

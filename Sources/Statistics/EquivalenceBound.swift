/// Size of a difference below which two domains are called equivalent.
public enum EquivalenceBound: Sendable, Hashable, CustomStringConvertible {
  /// Hedges' g within ± this number of standard deviations between texts.
  case deviations(Double)
  /// The ratio of the means between `1 / (1 + b)` and `1 + b`, given in percent: 5 for `b = 0.05`. With logarithms it
  /// is the ratio of the geometric means. It is defined for metrics that are never negative.
  case percent(Double)

  /// The number, in its unit.
  public var value: Double {
    switch self {
    case .deviations(let value), .percent(let value): value
    }
  }

  /// True for a percentage.
  public var isRatio: Bool { if case .percent = self { true } else { false } }

  /// True for a positive number.
  public var isValid: Bool { value > 0 && value < .infinity }

  /// `0.2`, or `5%`, as options and files write it.
  public var description: String {
    switch self {
    case .deviations(let value): "\(value)"
    case .percent(let value): "\(Self.short(value))%"
    }
  }

  /// `±0.2 standard deviations`, or `±5 %`.
  package var phrase: String {
    switch self {
    case .deviations(let value): "±\(value) standard deviations"
    case .percent(let value): "±\(Self.short(value)) %"
    }
  }

  /// Creates the bound of an option: a number of standard deviations, or a percentage such as `5%`.
  ///
  /// - Parameter text: the option's value.
  /// - Returns: nil unless it is a number; see ``isValid``.
  public init?(_ text: String) {
    let isRatio = text.hasSuffix("%")
    let digits = isRatio ? text.dropLast() : text[...]
    guard let value = Double(digits) else { return nil }
    self = isRatio ? .percent(value) : .deviations(value)
  }

  /// Drops the fraction of a whole number.
  private static func short(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

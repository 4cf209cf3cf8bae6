/// Rule by which units are removed one after the other.
///
/// The text form is the name in files: `greedy`, `one_shot`, `last`, `random`, or that of a metric.
public enum RemovalRule: Hashable, Sendable {
  /// Each step removes what then costs least, measured anew (SLEB, Song et al. 2024).
  case greedy
  /// The order of what each unit costs by itself.
  case oneShot
  /// The order of a metric of the profile, the smallest first: blocks only.
  case metric(Metric)
  /// From the last block but one downwards.
  case last
  /// Seeded orders, of which mean and band are given.
  case random

  public var name: String {
    switch self {
    case .greedy: "greedy"
    case .oneShot: "one_shot"
    case .metric(let metric): metric.rawValue
    case .last: "last"
    case .random: "random"
    }
  }

  /// Reads the text form; nil for any other text, and for a metric whose smallest values are no small changes.
  public init?(_ name: String) {
    switch name {
    case "greedy": self = .greedy
    case "one_shot": self = .oneShot
    case "last": self = .last
    case "random": self = .random
    default:
      guard let metric = Metric(rawValue: name), !metric.isSigned, !metric.isOfText else { return nil }
      self = .metric(metric)
    }
  }

  /// True if the rule looks at texts before it chooses.
  var chooses: Bool { self != .last && self != .random }
}

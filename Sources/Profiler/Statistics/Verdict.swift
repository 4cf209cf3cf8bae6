/// The answer for one block and one pair of domains. The raw value is what the files say.
public enum Verdict: String, Sendable, CaseIterable {
  /// The q-value is below alpha, the bootstrap interval of g excludes 0, and the effect is not known to be within the
  /// equivalence bound.
  case different
  /// The q-value and the p-value of the equivalence test are below alpha: there is a difference, and it is within the bound.
  case negligible
  /// The p-value of the equivalence test is below alpha.
  case equivalent
  /// None of these: the texts do not tell.
  case inconclusive
  /// Every text has the same value on both sides, of texts that are paired.
  case identical
  /// All texts of A have one value and all texts of B have one: there is no scatter to measure a difference by.
  case constant
  /// The texts of both sides have fewer than ``leastValues`` distinct values.
  case tooFewValues = "too few values"
  /// Fewer than ``leastTexts`` texts in A or B, or fewer than ``leastPairs`` pairs: no arrangement of them could convince.
  case tooFewGroups = "too few groups"

  /// Distinct values, of both sides together, that a test needs.
  public static let leastValues = 8
  /// Texts of each side that a test needs.
  public static let leastTexts = 5
  /// Pairs of texts that a test needs.
  public static let leastPairs = 6

  /// Whether a test stands behind it. The others have no p and do not count in the correction for many comparisons.
  public var isTested: Bool {
    switch self {
    case .different, .negligible, .equivalent, .inconclusive: true
    case .identical, .constant, .tooFewValues, .tooFewGroups: false
    }
  }
}

extension Verdict {
  /// Why the values of a pair are not tested; nil where they are.
  ///
  /// - Parameter differences: of the pairs, where texts are paired.
  init?(untested a: ColumnSummary, _ b: ColumnSummary, differences: DifferenceSummary?) {
    let least = differences == nil ? Self.leastTexts : Self.leastPairs
    if let differences, differences.areAllZero {
      self = .identical
    } else if a.moments.count < least || b.moments.count < least {
      self = .tooFewGroups
    } else if a.distinct.count == 1, b.distinct.count == 1 {
      self = .constant
    } else if Self.distinct(b.distinct, a.distinct).count < Self.leastValues {
      self = .tooFewValues
    } else {
      return nil
    }
  }

  /// The first distinct values, up to ``leastValues``.
  static func distinct(_ values: some Sequence<Double>, _ known: [Double] = []) -> [Double] {
    var found = known
    for value in values where !found.contains(value) {
      if found.count >= leastValues { break }
      found.append(value)
    }
    return found
  }

  /// The answer of the tests.
  ///
  /// - Parameters:
  ///   - q: p after the correction for many comparisons.
  ///   - interval: of the effect.
  ///   - equivalence: p of the equivalence test.
  init(q: Double, interval: (low: Double, high: Double), equivalence: Double, alpha: Double) {
    if q < alpha, equivalence < alpha {
      self = .negligible
    } else if q < alpha, interval.low > 0 || interval.high < 0 {
      self = .different
    } else if equivalence < alpha {
      self = .equivalent
    } else {
      self = .inconclusive
    }
  }
}

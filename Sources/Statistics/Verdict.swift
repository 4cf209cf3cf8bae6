/// The verdict for one block and one pair of domains. The raw value is the name in files.
public enum Verdict: String, Sendable, CaseIterable {
  /// The q-value is below alpha, the bootstrap interval of g excludes 0, and the effect is not known to be within the
  /// equivalence bound.
  case different
  /// The q-value and the p-value of the equivalence test are below alpha: there is a difference, and it is within the
  /// bound.
  case negligible
  /// The p-value of the equivalence test is below alpha.
  case equivalent
  /// None of these: the texts do not allow a decision.
  case inconclusive
  /// Every text has the same value on both sides, for paired texts.
  case identical
  /// All texts of A have one value and all texts of B have one: without scatter a difference has no unit.
  case constant
  /// The texts of both sides have fewer than ``leastValues`` distinct values.
  case tooFewValues = "too few values"
  /// Fewer than ``leastTexts`` texts in A or B, or fewer than ``leastPairs`` pairs: too few for any arrangement to be
  /// significant.
  case tooFewGroups = "too few groups"
  /// No verdict: the lengths of the texts hardly overlap (``CommonLengths``), so that a difference between the domains
  /// could not be told from one of length.
  case lengthsApart = "lengths hardly overlap"

  /// Minimum number of distinct values, of both sides together, for a test.
  public static let leastValues = 8
  /// Minimum number of texts on each side for a test.
  public static let leastTexts = 5
  /// Minimum number of pairs of texts for a test.
  public static let leastPairs = 6

  /// True if the verdict is based on a test. The others have no p and do not count in the correction for multiple
  /// comparisons.
  public var isTested: Bool {
    switch self {
    case .different, .negligible, .equivalent, .inconclusive: true
    case .identical, .constant, .tooFewValues, .tooFewGroups, .lengthsApart: false
    }
  }
}

extension Verdict {
  /// The reason why the values of a pair are not tested; nil if they are.
  ///
  /// - Parameter differences: summary of the pairs' differences, if texts are paired.
  package init?(untested a: ColumnSummary, _ b: ColumnSummary, differences: DifferenceSummary?) {
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

  /// Returns the first distinct values, up to ``leastValues``.
  package static func distinct(_ values: some Sequence<Double>, _ known: [Double] = []) -> [Double] {
    var found = known
    for value in values where !found.contains(value) {
      if found.count >= leastValues { break }
      found.append(value)
    }
    return found
  }

  /// Creates the verdict of the tests.
  ///
  /// - Parameters:
  ///   - q: p after the correction for multiple comparisons.
  ///   - interval: interval of the effect.
  ///   - equivalence: p of the equivalence test.
  package init(q: Double, interval: (low: Double, high: Double), equivalence: Double, alpha: Double) {
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

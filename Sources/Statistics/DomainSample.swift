/// One metric of a domain's texts in one scope: the input of the statistics.
public struct DomainSample: Sendable {
  public let name: String
  /// `[text][block]`, all values finite; texts with a non-finite value or without rows in the scope are excluded.
  public let values: [[Double]]
  /// Number of tokens of these texts.
  public let tokens: Int
  /// `[text]`: the number of each text's group; empty if every text is a group of its own. Texts of one number are one
  /// observation, and a number in two samples is the same group.
  public let groups: [Int]
  /// `[text]`: number of tokens of each text; empty if lengths are not known, and then not checked.
  public let lengths: [Int]

  /// - Parameters:
  ///   - name: name of the domain.
  ///   - values: `[text][block]`.
  ///   - tokens: number of tokens of all texts, for texts without lengths; otherwise it is the sum of these.
  ///   - groups: the number of each text's group; empty if every text is a group of its own.
  ///   - lengths: number of tokens of each text; empty if unknown.
  public init(name: String, values: [[Double]], tokens: Int = 0, groups: [Int] = [], lengths: [Int] = []) {
    self.name = name
    self.values = values
    self.tokens = lengths.isEmpty ? tokens : lengths.reduce(0, +)
    self.groups = groups
    self.lengths = lengths
  }

  /// Returns the same values in other groups.
  package func replacing(groups: [Int]) -> DomainSample {
    DomainSample(name: name, values: values, tokens: tokens, groups: groups, lengths: lengths)
  }

  /// `[unit][block]`: the values of the units of observation.
  package var unitValues: [[Double]] {
    let units = units
    guard !units.groups.isEmpty, let blocks = values.map(\.count).min() else { return values }
    let columns = (0..<blocks).map { block in units.means { values[$0][block] } }
    return (0..<units.count).map { unit in columns.map { $0[unit] } }
  }

  /// `[unit]`: the length of each unit, the mean of ln(tokens) of its texts; nil if lengths are not known.
  package var unitLengths: [Double]? {
    guard lengths.count == values.count, !lengths.isEmpty else { return nil }
    return units.logarithmicMeans(lengths)
  }

  /// The units of observation.
  package var units: SampleUnits { SampleUnits(texts: values.count, groups: groups) }
}

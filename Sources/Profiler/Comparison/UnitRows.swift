import Statistics

/// Units that are compared of a domain, as rows of a table that holds one domain after the other.
///
/// A group of texts that occurs in both domains of a pair is left out there: its two means are not independent.
struct UnitRows: Equatable {
  /// Index of the domain.
  let domain: Int
  /// Rows, ascending.
  let ranges: [Range<Int>]
  /// Number of rows.
  let count: Int
  /// True if no unit of the domain is left out.
  let isWhole: Bool
  /// First row of the domain.
  private let start: Int

  /// - Parameters:
  ///   - rows: rows of the domain.
  ///   - excluded: true for a unit that is left out, counted within the domain.
  private init(_ domain: Int, _ rows: Range<Int>, excluding excluded: (_ unit: Int) -> Bool) {
    var ranges: [Range<Int>] = []
    var count = 0
    for row in rows where !excluded(row - rows.lowerBound) {
      count += 1
      if let last = ranges.last, last.upperBound == row {
        ranges[ranges.count - 1] = last.lowerBound..<row + 1
      } else {
        ranges.append(row..<row + 1)
      }
    }
    (self.domain, self.ranges, self.count, isWhole) = (domain, ranges, count, count == rows.count)
    start = rows.lowerBound
  }

  /// Returns those of a domain's units, which are given in order, that are compared.
  func of<Element>(_ units: [Element]) -> [Element] {
    isWhole ? units : ranges.joined().compactMap { units.indices.contains($0 - start) ? units[$0 - start] : nil }
  }

  /// Returns the rows of both domains of a pair without the groups that occur in both; all rows if texts are paired.
  static func pair(_ pair: DomainPair, _ shape: SampleShape) -> (a: UnitRows, b: UnitRows) {
    let (a, b) = (shape.units[pair.a], shape.units[pair.b])
    let both = shape.isPaired || pair.a == pair.b ? [] : Set(a.groups).intersection(b.groups)
    func rows(_ domain: Int, _ units: SampleUnits) -> UnitRows {
      UnitRows(domain, shape.rows[domain]) { units.groups.indices.contains($0) && both.contains(units.groups[$0]) }
    }
    return (rows(pair.a, a), rows(pair.b, b))
  }

  /// Returns the rows of every domain without the groups that occur in another one.
  static func apart(_ shape: SampleShape) -> [UnitRows] {
    var known: Set<Int> = [], shared: Set<Int> = []
    for units in shape.units {
      for group in units.groups where !known.insert(group).inserted { shared.insert(group) }
    }
    return shape.units.indices.map { domain in
      let groups = shape.units[domain].groups
      return UnitRows(domain, shape.rows[domain]) { groups.indices.contains($0) && shared.contains(groups[$0]) }
    }
  }
}

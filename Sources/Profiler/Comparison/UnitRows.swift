import Statistics

/// Units that are compared of a domain, as rows of a table that holds one domain after the other.
///
/// A group of texts that occurs in both domains of a pair is left out there: its two means are not independent. If both
/// have the same groups, these are paired instead, and rows of both sides are in the same order of groups.
struct UnitRows: Equatable {
  /// Index of the domain.
  let domain: Int
  /// Rows, ascending unless paired.
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
    self.init(domain, rows, chosen: rows.indices.filter { !excluded($0 - rows.lowerBound) })
  }

  /// - Parameters:
  ///   - rows: rows of the domain.
  ///   - chosen: those of them that are compared, in their order.
  private init(_ domain: Int, _ rows: Range<Int>, chosen: [Int]) {
    var ranges: [Range<Int>] = []
    for row in chosen {
      if let last = ranges.last, last.upperBound == row {
        ranges[ranges.count - 1] = last.lowerBound..<row + 1
      } else {
        ranges.append(row..<row + 1)
      }
    }
    (self.domain, self.ranges, count, isWhole) = (domain, ranges, chosen.count, chosen.count == rows.count)
    start = rows.lowerBound
  }

  /// Returns those of a domain's units, which are given in order, that are compared, in the order of the rows.
  func of<Element>(_ units: [Element]) -> [Element] {
    ranges.joined().compactMap { units.indices.contains($0 - start) ? units[$0 - start] : nil }
  }

  /// Returns the rows of both domains of a pair: without the groups that occur in both, or, of domains with the same
  /// groups, of these; all rows if texts are paired.
  static func pair(_ pair: DomainPair, isPaired: Bool, _ shape: SampleShape) -> (a: UnitRows, b: UnitRows) {
    let (a, b) = (shape.units[pair.a], shape.units[pair.b])
    if isPaired, !shape.isPaired {
      let places = Dictionary(zip(b.groups, shape.rows[pair.b]), uniquingKeysWith: { first, _ in first })
      let found = zip(a.groups, shape.rows[pair.a]).compactMap { group, row in places[group].map { (row, $0) } }
      return (
        UnitRows(pair.a, shape.rows[pair.a], chosen: found.map(\.0)),
        UnitRows(pair.b, shape.rows[pair.b], chosen: found.map(\.1))
      )
    }
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

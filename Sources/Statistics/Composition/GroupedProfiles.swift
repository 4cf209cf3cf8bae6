import Foundation

/// Profiles of texts, each with its domain and its group: the input of variance shares, shape distances and
/// identification.
///
/// A group is what texts depend through: a document, a task, or the token ids that copies share. It may have texts in
/// several domains.
package struct GroupedProfiles: Sendable {
  /// Number of domains.
  package let domains: Int
  /// Number of numbers of a profile.
  package let width: Int
  /// Profiles, row-major `[text][width]`.
  package let values: [Double]
  /// Domain of each text, from 0.
  package let domainOf: [Int]
  /// Group of each text, from 0 in the order of their first texts.
  package let groupOf: [Int]
  /// Number of groups.
  package let groups: Int

  /// Number of texts.
  package var texts: Int { domainOf.count }

  /// - Parameters:
  ///   - rows: profiles by text, all of one length and finite.
  ///   - domains: domain of each text, from 0 to `domainCount - 1`.
  ///   - domainCount: number of domains.
  ///   - groups: key of each text's group; nil if each text is its own.
  package init(_ rows: [[Double]], domains: [Int], domainCount: Int, groups: [Int]? = nil) {
    precondition(rows.count == domains.count && groups.map { $0.count == rows.count } ?? true, "texts without labels")
    width = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == rows[0].count }, "profiles of other lengths")
    values = Array(rows.joined())
    domainOf = domains
    self.domains = domainCount
    var places: [Int: Int] = [:]
    groupOf = (groups ?? Array(rows.indices)).map { key in
      let place = places[key] ?? places.count
      places[key] = place
      return place
    }
    self.groups = places.count
  }

  /// Returns a text's profile.
  package func row(_ text: Int) -> ArraySlice<Double> { values[text * width..<(text + 1) * width] }

  /// Returns the number of groups of each domain.
  package var groupCounts: [Int] {
    var seen = Array(repeating: Set<Int>(), count: domains)
    for (domain, group) in zip(domainOf, groupOf) { seen[domain].insert(group) }
    return seen.map(\.count)
  }

  /// Returns the profiles with each number replaced by its natural logarithm, which must exist.
  package var logarithms: GroupedProfiles { mapped { $0.map { log($0) } } }

  /// Returns the profiles less their own means: their shapes.
  package var centered: GroupedProfiles {
    mapped { row in
      let mean = Self.mean(row)
      return row.map { $0 - mean }
    }
  }

  /// Returns the means of the profiles, as profiles of one number: their scales.
  package var means: GroupedProfiles { mapped { [Self.mean($0)] } }

  /// Returns profiles of the same texts, domains and groups.
  package func mapped(_ transform: (ArraySlice<Double>) -> [Double]) -> GroupedProfiles {
    GroupedProfiles(
      (0..<texts).map { transform(row($0)) }, domains: domainOf, domainCount: domains, groups: groupOf)
  }

  /// Means of the texts of one group in one domain: the unit of observation.
  package struct Unit: Sendable {
    let domain: Int, group: Int
    /// Number of texts.
    let texts: Int
    let mean: [Double]
  }

  /// Returns the units, in the order of their first texts.
  package var units: [Unit] {
    var places: [[Int]: Int] = [:]
    var sums: [(domain: Int, group: Int, texts: Int, sum: [Double])] = []
    for text in 0..<texts {
      let key = [domainOf[text], groupOf[text]]
      if let place = places[key] {
        sums[place].texts += 1
        for (column, value) in row(text).enumerated() { sums[place].sum[column] += value }
      } else {
        places[key] = sums.count
        sums.append((key[0], key[1], 1, Array(row(text))))
      }
    }
    return sums.map { unit in
      Unit(domain: unit.domain, group: unit.group, texts: unit.texts, mean: unit.sum.map { $0 / Double(unit.texts) })
    }
  }

  static func mean(_ row: some Collection<Double>) -> Double { row.reduce(0, +) / Double(row.count) }
}

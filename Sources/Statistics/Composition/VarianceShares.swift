/// Variance of log profiles by source, as shares of 1.
///
/// Of `y = μ + block + domain + block × domain + text + residual`, each term is the mean of what is left when those
/// before it are taken away, and the shares are of the sum of squares about μ. Domains have the same weight, in a domain
/// its groups, in a group its texts; so the terms are orthogonal and the shares add to 1. They describe these texts: of
/// few texts the terms of domains hold some scatter of texts too.
package struct VarianceShares: Equatable, Sendable {
  /// Blocks against each other.
  package let block: Double
  /// Domains against each other in the mean over blocks: their scale.
  package let domain: Double
  /// Domains against each other in what is left at each block: their shape.
  package let blockByDomain: Double
  /// Texts of a domain against each other in the mean over blocks: their scale.
  package let text: Double
  /// Texts of a domain against each other in what is left at each block.
  package let residual: Double

  /// - Parameter profiles: logarithms.
  /// - Returns: nil without texts in every domain, or if all numbers are equal.
  package init?(_ profiles: GroupedProfiles) {
    let (width, count) = (profiles.width, profiles.domains)
    guard width > 0, count > 0, profiles.groupCounts.allSatisfy({ $0 > 0 }) else { return nil }
    // About one of the values, so that digits are kept where they differ little.
    let base = profiles.values[0]
    let units = profiles.units
    var means = Array(repeating: Array(repeating: 0.0, count: width), count: count)
    let groups = profiles.groupCounts.map(Double.init)
    for unit in units {
      for column in 0..<width { means[unit.domain][column] += (unit.mean[column] - base) / groups[unit.domain] }
    }
    let scales = means.map { GroupedProfiles.mean($0) }
    let blocks = (0..<width).map { column in GroupedProfiles.mean(means.map { $0[column] }) }
    let center = GroupedProfiles.mean(scales)
    func square(_ value: Double) -> Double { value * value }
    let between = GroupedProfiles.mean(blocks.map { square($0 - center) })
    let scale = GroupedProfiles.mean(scales.map { square($0 - center) })
    let shape = GroupedProfiles.mean(
      means.indices.map { domain in
        GroupedProfiles.mean(
          (0..<width).map { square(means[domain][$0] - scales[domain] - blocks[$0] + center) })
      })
    var (own, rest) = (0.0, 0.0)
    var sizes: [[Int]: Int] = [:]
    for unit in units { sizes[[unit.domain, unit.group]] = unit.texts }
    for text in 0..<profiles.texts {
      let domain = profiles.domainOf[text]
      let size = sizes[[domain, profiles.groupOf[text]]] ?? 1
      let weight = 1 / (Double(count) * groups[domain] * Double(size))
      let distances = zip(profiles.row(text), means[domain]).map { $0 - base - $1 }
      let shift = GroupedProfiles.mean(distances)
      own += weight * square(shift)
      rest += weight * GroupedProfiles.mean(distances.map { square($0 - shift) })
    }
    let total = between + scale + shape + own + rest
    guard total > 0 else { return nil }
    (block, domain, blockByDomain) = (between / total, scale / total, shape / total)
    (text, residual) = (own / total, rest / total)
  }
}

import Foundations

/// Draws of groups with replacement, as many as there are.
///
/// Groups are drawn among those with texts in the same domains, so that a group of several domains comes as a whole and
/// every domain keeps its number of groups. Draw `r` has its own random stream.
package struct GroupDraws {
  /// Groups by the domains that they have texts in.
  private let strata: [[Int]]
  private let groups: Int
  private let seed: UInt64
  private let purpose: SplitMix64.Purpose

  package init(_ profiles: GroupedProfiles, seed: UInt64, purpose: SplitMix64.Purpose) {
    groups = profiles.groups
    (self.seed, self.purpose) = (seed, purpose)
    var domains = Array(repeating: Set<Int>(), count: groups)
    for (domain, group) in zip(profiles.domainOf, profiles.groupOf) { domains[group].insert(domain) }
    var places: [Set<Int>: Int] = [:]
    var strata: [[Int]] = []
    for (group, found) in domains.enumerated() {
      let place = places[found] ?? strata.count
      if place == strata.count {
        places[found] = place
        strata.append([])
      }
      strata[place].append(group)
    }
    self.strata = strata
  }

  /// Returns how often each group is in a draw.
  package func times(_ draw: Int) -> [Double] {
    var generator = SplitMix64(seed: seed, purpose: purpose, index: draw)
    var times = Array(repeating: 0.0, count: groups)
    for groups in strata {
      for _ in groups { times[groups[Int(generator.next(below: UInt64(groups.count)))]] += 1 }
    }
    return times
  }
}
